import { ensure, expectRefusal, requireOffered } from '../assertions.ts';
import type { Answer } from '../http-client.ts';
import { type Item, timeOf, versionOf } from '../items.ts';
import { CaseSkip } from '../outcome.ts';
import { type Registry, versionPath } from '../registry.ts';
import type { Writer } from '../writer.ts';
import { inArea, SOURCES } from './define.ts';

async function published(registry: Registry, tag: string): Promise<{ writer: Writer; item: Item }> {
  const writer = await registry.writer();
  return { writer, item: await writer.publish(writer.name(tag), '1.0.0') };
}

const put = (registry: Registry, item: Item, manifest: unknown, token?: string) =>
  registry.post(versionPath(item.name, item.version), manifest, { method: 'PUT', token });

/** The route is optional, and the right to it is an admin's. */
function requireEdit(answer: Answer): Answer {
  if (answer.status === 403) throw new CaseSkip('The token may not replace manifests. Give --edit-token.');
  return requireOffered(answer);
}

export const editCases = inArea('edit', [
  {
    id: 'edit-no-token',
    title: 'Without a token, or with one that is none, a manifest is not replaced',
    why: 'Anybody could replace what others install.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'edit-no-token');
      const manifest = writer.manifest(item.name, item.version, { title: 'Replaced' });
      // The official server calls a missing header a fault of the request: 422.
      expectRefusal(requireOffered(await put(registry, item, manifest)), 401, 422);
      expectRefusal(await put(registry, item, manifest, 'conformance'), 401);
      const read = await registry.get(versionPath(item.name, item.version));
      const { title = null } = versionOf(read).server;
      ensure(title === null, read, 'no title', JSON.stringify(title));
    },
  },
  {
    id: 'edit-other-name',
    title: 'A body with another name or version than the address is refused with 400',
    why: 'One version would be replaced by another, or a server renamed.',
    reference: SOURCES.official,
    level: 'must',
    needs: 'edit',
    async run(registry) {
      const { writer, item } = await published(registry, 'edit-other');
      const token = writer.editToken!;
      for (const [name, version] of [
        [`${item.name}-2`, item.version],
        [item.name, '1.0.1'],
      ] as const) {
        expectRefusal(requireEdit(await put(registry, item, writer.manifest(name, version), token)), 400);
      }
    },
  },
  {
    id: 'edit-applies',
    title: 'A replaced manifest is served, and updatedAt moves',
    why: 'Mirrors would keep the old one.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'edit',
    async run(registry) {
      const { writer, item } = await published(registry, 'edit-applies');
      const manifest = writer.manifest(item.name, item.version, { title: 'Replaced' });
      const answer = requireEdit(await put(registry, item, manifest, writer.editToken!));
      const read = await registry.get(versionPath(item.name, item.version));
      for (const found of [versionOf(answer), versionOf(read)]) {
        const { title = null } = found.server;
        ensure(title === 'Replaced', read, 'title "Replaced"', JSON.stringify(title));
        const isMoved = (timeOf(found.updatedAt) ?? 0n) > (timeOf(item.updatedAt) ?? 0n);
        ensure(isMoved, read, `updatedAt after ${item.updatedAt}`, `updatedAt ${found.updatedAt}`);
      }
    },
  },
]);
