import { allVersionsStatusSchema, serverResponseSchema } from '#lib/http/registry/schemas.ts';
import { ensure, expectRefusal, parseBody, requireOffered } from '../assertions.ts';
import type { Answer } from '../http-client.ts';
import { type Item, itemOf, versionOf } from '../items.ts';
import { type Registry, versionPath } from '../registry.ts';
import type { StatusChange, Writer } from '../writer.ts';
import { inArea, SOURCES } from './define.ts';

/** A version of its own for a case. */
async function published(registry: Registry, tag: string): Promise<{ writer: Writer; item: Item }> {
  const writer = await registry.writer();
  return { writer, item: await writer.publish(writer.name(tag), '1.0.0') };
}

function changed(answer: Answer): Item {
  return itemOf(parseBody(requireOffered(answer), serverResponseSchema, 'a ServerResponse'), answer);
}

function expectState(answer: Answer, item: Item, { status, statusMessage }: StatusChange): void {
  const describe = (state: string | null, message: string | null) => `${state}, message ${JSON.stringify(message)}`;
  const [expected, seen] = [describe(status, statusMessage ?? null), describe(item.status, item.statusMessage)];
  ensure(expected === seen, answer, expected, seen);
}

export const statusCases = inArea('status', [
  {
    id: 'status-deprecate',
    title: 'A version is deprecated with a message, and readers see both',
    why: 'It is how a publisher tells users to move on.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'deprecate');
      const change = { status: 'deprecated', statusMessage: 'Use version 2. “Ünïcode” <b>' };
      const answer = await writer.setStatus(item.name, item.version, change);
      expectState(answer, changed(answer), change);
      const read = await registry.get(versionPath(item.name, item.version));
      expectState(read, versionOf(read), change);
    },
  },
  {
    id: 'status-restore',
    title: 'A deleted version becomes active again, and its message goes',
    why: 'A deletion by mistake could not be mended: versions cannot be published twice.',
    reference: SOURCES.official,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'restore');
      await writer.changeStatus(item.name, item.version, { status: 'deleted', statusMessage: 'By mistake.' });
      const answer = await writer.setStatus(item.name, item.version, { status: 'active' });
      expectState(answer, changed(answer), { status: 'active' });
      const read = await registry.get(versionPath(item.name, item.version));
      expectState(read, versionOf(read), { status: 'active' });
    },
  },
  {
    id: 'status-message-active',
    title: 'A message beside `active` is refused with 400',
    why: 'Clients would show a warning on a version without fault.',
    reference: SOURCES.official,
    level: 'should',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'message-active');
      await writer.changeStatus(item.name, item.version, { status: 'deprecated' });
      const change = { status: 'active', statusMessage: 'All is well.' };
      expectRefusal(await writer.setStatus(item.name, item.version, change), 400);
    },
  },
  {
    id: 'status-message-length',
    title: 'A message has at most 500 characters',
    why: 'The specification bounds it, and readers lay out for it.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'message-length');
      const long = { status: 'deprecated', statusMessage: 'x'.repeat(501) };
      expectRefusal(requireOffered(await writer.setStatus(item.name, item.version, long)), 400, 422);
      const longest = { status: 'deprecated', statusMessage: 'x'.repeat(500) };
      const answer = await writer.setStatus(item.name, item.version, longest);
      expectState(answer, changed(answer), longest);
    },
  },
  {
    id: 'status-unchanged',
    title: 'A change that changes nothing is refused with 400',
    why: 'A script that has the wrong version believes that it succeeded.',
    reference: SOURCES.openapi,
    level: 'should',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'unchanged');
      const change = { status: 'deprecated', statusMessage: 'Once.' };
      await writer.changeStatus(item.name, item.version, change);
      expectRefusal(await writer.setStatus(item.name, item.version, change), 400);
    },
  },
  {
    id: 'status-unknown',
    title: 'A status that is none is refused with 400 or 422',
    why: 'Strict readers refuse the whole page that shows it.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'unknown');
      const changes: Record<string, string>[] = [{ status: 'yanked' }, { status: 'Deprecated' }, { status: '' }, {}];
      for (const change of changes) {
        expectRefusal(requireOffered(await writer.setStatus(item.name, item.version, change)), 400, 422);
      }
    },
  },
  {
    id: 'status-no-token',
    title: 'Without a token, or with one that is none, nothing changes',
    why: 'Anybody could delete anything.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'no-token');
      for (const version of [item.version, null]) {
        const change = { status: 'deleted' };
        // The official server calls a missing header a fault of the request: 422.
        expectRefusal(requireOffered(await writer.setStatus(item.name, version, change, { token: null })), 401, 422);
        expectRefusal(await writer.setStatus(item.name, version, change, { token: 'conformance' }), 401);
      }
      const read = await registry.get(versionPath(item.name, item.version));
      expectState(read, versionOf(read), { status: 'active' });
    },
  },
  {
    id: 'status-no-version',
    title: 'A version that does not exist is 404',
    why: 'A script with a typing mistake must not believe that it succeeded.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'no-version');
      // That the route is there is seen by the version that exists.
      await writer.changeStatus(item.name, item.version, { status: 'deprecated' });
      expectRefusal(await writer.setStatus(item.name, '9.9.9', { status: 'deprecated' }), 404);
      expectRefusal(await writer.setStatus(`${item.name}-none`, null, { status: 'deprecated' }), 404);
    },
  },
  {
    id: 'status-all-versions',
    title: 'All versions change at once, and the answer counts and lists them',
    why: 'A server is taken down whole, or not at all.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const { writer, item } = await published(registry, 'all');
      await writer.publish(item.name, '1.1.0');
      const change = { status: 'deprecated', statusMessage: 'Both.' };
      const answer = requireOffered(await writer.setStatus(item.name, null, change));
      const body = parseBody(answer, allVersionsStatusSchema, 'updatedCount and servers');
      const seen = `${body.updatedCount} of ${body.servers.map(({ server }) => server.version).sort()}`;
      ensure(seen === '2 of 1.0.0,1.1.0', answer, '2 of 1.0.0,1.1.0', seen);
      for (const server of body.servers) expectState(answer, itemOf(server, answer), change);
      const read = await registry.get(versionPath(item.name, '1.0.0'));
      expectState(read, versionOf(read), change);
    },
  },
]);
