import { mayOnPublisher, ORG_PERMISSIONS, type OrgRole, type Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';

/** Those for whom the viewer may answer findings of a server, as the form names them; the first is the default. */
export type AnswerPartyOption = { value: string; label: string };

export function answerParties(viewer: Viewer | null, server: Pick<ServerPage, 'namespace'>): AnswerPartyOption[] {
  if (!viewer) return [];
  const holder = viewer.publishers.find(({ namespaces }) => namespaces.includes(server.namespace));
  const mayAnswer = holder && mayOnPublisher({ role: holder.role, isInstanceAdmin: false }, 'finding.answer');
  const roles: readonly OrgRole[] = ORG_PERMISSIONS['finding.answer'];
  return [
    ...(mayAnswer ? [{ value: 'publisher', label: `${holder.displayName}, the publisher: everybody sees it` }] : []),
    ...viewer.orgs
      .filter(({ role }) => roles.includes(role))
      .map(({ slug, displayName }) => ({ value: `org:${slug}`, label: `${displayName}: only its members see it` })),
  ];
}
