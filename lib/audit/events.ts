import type { JsonObject } from '#lib/manifest/types.ts';

/** Who did it. `system` is Hallmark itself: scheduled work and first start. */
export type Actor =
  | { type: 'user'; id: string; name: string }
  | { type: 'token'; id: string; name: string }
  | { type: 'system'; name: string };

/** Every kind of event with the sentence that pages show. `{name}` is filled from the event's subject and data. */
export const EVENT_KINDS = {
  'instance.started': 'Hallmark was set up',
  'admin.link-made': 'Made a one-time link for the admin',
  'admin.signed-in': 'Signed in with the one-time link',
  'trust-roots.changed': 'Changed trust roots: {roots}',
  'signatures.reverified': 'Verified {signatures} signatures again, {changed} versions changed',
  'publisher.created': 'Created publisher {publisher}',
  'namespace.granted': 'Granted namespace {namespace} to {publisher}',
  'namespace.proven': 'Proved namespace {namespace} for {publisher} by {proof}',
  'namespace.claimed': 'Began to claim namespace {namespace} for {publisher} by {proof}',
  'namespace.check-failed': 'Proof of {namespace} does not hold any more: {code}',
  'namespace.lapsed': 'Proof of {namespace} failed for seven days: {publisher} is not verified for it any more',
  'namespace.recovered': 'Proof of {namespace} holds again',
  'namespace.transfer-offered': 'Offered namespace {namespace} to {to}',
  'namespace.transfer-ended': 'Ended the transfer of {namespace} to {to}: {state}',
  'namespace.transferred': 'Transferred namespace {namespace} from {from} to {to}',
  'server.move-offered': 'Offered to move {server} to {to}',
  'server.move-ended': 'Ended the move of {server} to {to}: {state}',
  'server.moved': 'Moved {server} to {to}',
  'publisher.renamed': 'Renamed publisher {publisher} from {from} to {to}',
  'publisher.level-changed': 'Changed publisher {publisher} from {from} to {to}',
  'publisher.invited': 'Invited a {role} to {publisher}',
  'publisher.invite-revoked': 'Took back an invitation to {publisher}',
  'publisher.member-joined': '{member} joined {publisher} as {role}',
  'publisher.member-changed': 'Made {member} {role} of {publisher}',
  'publisher.member-left': '{member} left {publisher}',
  'auth.exchanged': 'Gave a registry token for {namespaces} to {subject} by {method}',
  'signer.changed': 'Signer of {server} changed with {version}: {from} before, {to} now',
  'signature.disappeared': '{server} {version} is not signed, {previous} was',
  'signature.state-changed': 'Signature of {server} {version} is {signature}, was {from}',
  'trust-root.added': 'Added trust root {root}',
  'trust-root.removed': 'Removed trust root {root}',
  'trust-root.refreshed': 'Took over a newer trust root {root}',
  'trust-root.refresh-failed': 'Could not refresh trust root {root}: {code}',
  'package.check-changed': 'Package {package} of {server} {version}: {kind} is {state}, was {previous}',
  'sync.source-added': 'Added upstream registry {source}',
  'sync.source-changed': 'Changed upstream registry {source}',
  'sync.source-removed': 'Removed upstream registry {source}',
  'sync.finished': 'Synced {source}: {imported} new, {updated} updated, {unchanged} unchanged, {skipped} skipped',
  'sync.failed': 'Sync of {source} failed: {code}',
  'version.edited': 'Replaced the manifest of {server} {version}',
  'signer.bound': 'Bound signer {signer} to {publisher}',
  'signer.unbound': 'Removed signer {signer} from {publisher}',
  'token.issued': 'Issued {kind} token {token}',
  'token.revoked': 'Revoked {kind} token {token}',
  'version.published': 'Published {server} {version}, signature {signature}',
  'version.refused': 'Refused publication of {server} {version}: {code}',
  'server.status-changed': 'Changed {versions} versions of {server} to {to}',
  'version.status-changed': 'Changed {server} {version} from {from} to {to}',
  'signature.added': 'Added a signature to {server} {version}: {signature}',
  'catalog.imported': 'Imported {file}: {imported} new, {updated} updated, {unchanged} unchanged, {skipped} skipped',
  'finding.answered': '{party} answered {rule} of {server} {version}: {answer}',
  'finding.decided': 'Decided about {rule} of {server} {version}: {answer}',
  'scan.accused': 'Scan of {server} {version} found new accusations: {rules}',
  'rescan.started': 'Began to scan {versions} versions again with ruleset {ruleset}',
  'rescan.finished':
    'Scanned {versions} versions again with ruleset {ruleset}: {changed} changed, {accused} newly accused',
  'org.created': 'Created organization {org}',
  'allowlist.approved': 'Approved {server} {version} with {tools}: {reason}',
  'allowlist.revoked': 'Revoked {server} {version}: {reason}',
  'allowlist.drift': '{server} {version} differs from the approved {approved}: {says}',
  'allowlist.drift-ended': '{server} {version} is again as it was approved',
  'allowlist.finding': '{server} {version}, which is approved, has new accusations: {rules}',
  'feed.published': 'Published serial {serial}: {reason}',
  'feed.trust-downloaded': 'Downloaded the trust file',
} as const;

export type EventKind = keyof typeof EVENT_KINDS;

/** The sentence of an event. A placeholder without a value shows as "?", so that a gap is seen. */
export function describeEvent(kind: string, fields: JsonObject): string {
  const template = EVENT_KINDS[kind as EventKind] ?? kind;
  return template.replace(/\{([a-z]+)\}/g, (_, field: string) => {
    const value = fields[field];
    return value === undefined || value === null ? '?' : String(value);
  });
}
