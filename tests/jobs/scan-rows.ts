import { db } from '#lib/db/db.ts';
import { publishTestVersion } from '../instance.ts';

/** Nothing to fetch and nothing to run: its scan reads the manifest and what was declared. */
const remoteOnly = (name: string) => ({
  packages: [],
  remotes: [{ type: 'streamable-http', url: `https://${name.replace(/[^a-z]/g, '-')}.example.com/mcp` }],
});

/** Publishes a version that is scanned without a network. Returns its ids and that of the scan that waits for it. */
export async function publishWithScan(name: string, version = '1.0.0') {
  const { versionId } = await publishTestVersion(name, version, { extra: remoteOnly(name) });
  const { serverId } = await db().version.findUniqueOrThrow({ where: { id: versionId } });
  const scan = await db().scan.findFirstOrThrow({ where: { versionId } });
  return { versionId, serverId, scanId: scan.id };
}

/** A fault of ours that no scan survives: stored definitions that are none. */
export async function breakDefinitions(versionId: string): Promise<void> {
  await db().declaredDefinitions.create({ data: { versionId, definitions: {}, source: 'test' } });
}

export const scanOf = (id: string) => db().scan.findUniqueOrThrow({ where: { id } });

export const running = new AbortController().signal;
