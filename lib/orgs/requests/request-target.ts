import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { DefinitionDigests } from '#lib/manifest/types.ts';
import { resolveTools, type ToolPolicy } from '../allowlist/tool-policy.ts';

/** The version that a request is about, with the names of its tools; null when nobody has seen them. */
export type RequestTarget = {
  serverId: string;
  serverName: string;
  versionId: string;
  version: string;
  tools: string[] | null;
};

/** Throws NOT_FOUND when there is no such version, or when it was deleted. */
export async function requestTarget(tx: Tx, serverName: string, version: string): Promise<RequestTarget> {
  const row = await tx.version.findUnique({
    where: { serverName_version: { serverName, version } },
    select: { id: true, serverId: true, status: true, currentScan: { select: { digests: true } } },
  });
  if (!row || row.status === 'deleted')
    throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
  const digests = row.currentScan?.digests as DefinitionDigests | null | undefined;
  return {
    serverId: row.serverId,
    serverName,
    versionId: row.id,
    version,
    tools: digests?.toolsDigest ? Object.keys(digests.tools) : null,
  };
}

/** Throws UNPROCESSABLE when a request asks for tools by a name that the version does not have. */
export function requireKnownTools(policy: ToolPolicy | null, { tools, serverName, version }: RequestTarget): void {
  if (policy === null || tools === null) return;
  const { unmatched } = resolveTools(policy, tools);
  if (unmatched.length === 0) return;
  throw new DomainError(
    'UNPROCESSABLE',
    `${serverName} ${version} has no tool "${unmatched[0]}". Reload the page and choose again.`,
  );
}
