import { ensure, expectStatus } from '../assertions.ts';
import { type Item, keysOf, shiftTime, timeOf, versionOf } from '../items.ts';
import { CaseSkip } from '../outcome.ts';
import { MAX_WALK, type Registry, versionPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

/** The version that changed last among the first hundred: few changed after it. */
async function lastChanged(registry: Registry): Promise<Item & { updatedAt: string }> {
  const items = (await registry.latest()).filter((item): item is Item & { updatedAt: string } => {
    return timeOf(item.updatedAt) !== null;
  });
  const [last] = items.sort((a, b) => (timeOf(a.updatedAt)! < timeOf(b.updatedAt)! ? 1 : -1));
  if (!last) throw new CaseSkip('No listed version has an updatedAt that can be read.');
  return last;
}

/** A change is found by asking from just before it, and not by asking from its own time. */
async function findChange(registry: Registry, { key, updatedAt }: Item): Promise<Item> {
  const since = shiftTime(updatedAt!, -1);
  const { items, answer } = await registry.walk({ updated_since: since, limit: '100' });
  const found = items.find((item) => item.key === key);
  ensure(found !== undefined, answer, `${key} among them`, keysOf(items).join(', ') || 'nothing');
  return found;
}

const requireTime = (item: Item): bigint => {
  const time = timeOf(item.updatedAt);
  if (time === null) throw new CaseSkip(`${item.key} has no updatedAt that can be read.`);
  return time;
};

/** A published version's row as it is now, deleted or not. */
const readNow = async (registry: Registry, name: string, version: string) =>
  versionOf(await registry.get(`${versionPath(name, version)}?include_deleted=true`));

export const syncCases = inArea('sync', [
  {
    id: 'sync-strictly-after',
    title: '`updated_since` lists what changed after that time, not at it',
    why: 'A mirror that goes on from the newest time it has would fetch the same items for ever.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const last = await lastChanged(registry);
      const { items, answer } = await registry.walk({ updated_since: last.updatedAt, limit: '100' }, { maxItems: 500 });
      const early = items.find(({ updatedAt }) => (timeOf(updatedAt) ?? 0n) <= timeOf(last.updatedAt)!);
      ensure(!early, answer, `updatedAt after ${last.updatedAt}`, `${early?.key}: ${early?.updatedAt}`);
    },
  },
  {
    id: 'sync-finds',
    title: '`updated_since` just before a change lists it',
    why: 'A mirror would miss the change for good.',
    reference: SOURCES.aggregators,
    level: 'must',
    async run(registry) {
      await findChange(registry, await lastChanged(registry));
    },
  },
  {
    id: 'sync-from-the-start',
    title: '`updated_since` from before everything lists all versions',
    why: 'A mirror starts so, and would lack what is left out.',
    reference: SOURCES.aggregators,
    level: 'must',
    async run(registry) {
      const all = await registry.walk({ include_deleted: 'true', limit: '100' });
      if (!all.isComplete) throw new CaseSkip(`The registry has more than ${MAX_WALK} versions.`);
      const { items, answer } = await registry.walk({ updated_since: '1970-01-01T00:00:00Z', limit: '100' });
      const seen = new Set(keysOf(items));
      const missing = keysOf(all.items).filter((key) => !seen.has(key));
      ensure(missing.length === 0, answer, `all ${all.items.length} versions`, `without ${missing.join(', ')}`);
    },
  },
  {
    id: 'sync-deleted',
    title: '`updated_since` lists deleted versions',
    why: 'A mirror would go on offering what was taken down.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const deleted = await registry.deleted();
      const found = await findChange(registry, deleted);
      if (found.status !== 'deleted') throw new CaseSkip(`${deleted.key} was restored meanwhile.`);
    },
  },
  {
    id: 'sync-publication',
    title: 'A new version is listed by `updated_since`',
    why: 'Mirrors learn of new versions in no other way.',
    reference: SOURCES.aggregators,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const item = await writer.publish(writer.name('sync-new'), '1.0.0');
      requireTime(item);
      await findChange(registry, item);
    },
  },
  {
    id: 'sync-status',
    title: 'A change of status moves updatedAt, and `updated_since` lists it with the new status',
    why: 'A mirror would go on calling a deprecated version active.',
    reference: SOURCES.official,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const before = await writer.publish(writer.name('sync-status'), '1.0.0');
      const answer = await writer.changeStatus(before.name, before.version, { status: 'deprecated' });
      const after = await readNow(registry, before.name, before.version);
      const seen = `updatedAt ${after.updatedAt}, statusChangedAt ${after.statusChangedAt}`;
      const moved = requireTime(after) > requireTime(before);
      ensure(moved, answer, `updatedAt after ${before.updatedAt}`, seen);
      const isChanged = (timeOf(after.statusChangedAt) ?? 0n) > (timeOf(before.statusChangedAt) ?? 0n);
      ensure(isChanged, answer, `statusChangedAt after ${before.statusChangedAt}`, seen);
      const { status } = await findChange(registry, after);
      ensure(status === 'deprecated', answer, 'deprecated in the list', String(status));
    },
  },
  {
    id: 'sync-latest-flip',
    title: 'A version that is no longer the latest moves its updatedAt',
    why: 'A mirror keeps two latest versions of one server. The official server does not do this.',
    reference: `${SOURCES.aggregators}; official server, UnmarkAsLatest`,
    level: 'should',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const old = await writer.publish(writer.name('sync-flip'), '1.0.0');
      await writer.publish(old.name, '1.1.0');
      const answer = await registry.get(versionPath(old.name, '1.0.0'));
      const after = versionOf(answer);
      ensure(after.isLatest === false, answer, 'isLatest false on 1.0.0', String(after.isLatest));
      ensure(
        requireTime(after) > requireTime(old),
        answer,
        `updatedAt after ${old.updatedAt}`,
        `updatedAt ${after.updatedAt}`,
      );
    },
  },
  {
    id: 'sync-tombstone',
    title: 'A deleted version leaves the list and stays in `updated_since`, as deleted',
    why: 'This is how a takedown reaches mirrors and clients.',
    reference: `${SOURCES.aggregators}; ${SOURCES.openapi}`,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const { name, key } = await writer.publish(writer.name('sync-gone'), '1.0.0');
      await writer.changeStatus(name, '1.0.0', { status: 'deleted' });
      expectStatus(await registry.get(versionPath(name, '1.0.0')), 404);
      expectStatus(await registry.get(versionPath(name, 'latest')), 404);
      const { items, answer } = await registry.walk({ search: name, limit: '100' }, { maxItems: 300 });
      ensure(!keysOf(items).includes(key), answer, `${key} not listed`, keysOf(items).join(', '));
      const found = await findChange(registry, await readNow(registry, name, '1.0.0'));
      ensure(found.status === 'deleted', answer, `${key} as deleted`, String(found.status));
    },
  },
  {
    id: 'sync-latest-moves',
    title: 'When the latest version is deleted the one before it becomes the latest, and back when it is restored',
    why: 'Clients ask for latest and would get nothing, or the version that was taken down.',
    reference: SOURCES.versioning,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const { name } = await writer.publish(writer.name('sync-latest'), '1.0.0');
      await writer.publish(name, '2.0.0');
      await expectLatest(registry, name, '2.0.0');
      await writer.changeStatus(name, '2.0.0', { status: 'deleted' });
      await expectLatest(registry, name, '1.0.0');
      await writer.changeStatus(name, '2.0.0', { status: 'active' });
      await expectLatest(registry, name, '2.0.0');
    },
  },
  {
    id: 'sync-latest-by-version',
    title:
      'The latest version is the highest by Semantic Versioning, not the last published or the last in the alphabet',
    why: 'A patch of an old line, or a 10.0.0 beside a 9.0.0, would be handed to everybody.',
    reference: SOURCES.versioning,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const { name } = await writer.publish(writer.name('sync-order'), '9.0.0');
      for (const version of ['10.0.0', '9.1.0', '10.0.0-rc.1']) await writer.publish(name, version);
      await expectLatest(registry, name, '10.0.0');
    },
  },
]);

async function expectLatest(registry: Registry, name: string, version: string): Promise<void> {
  const answer = await registry.get(versionPath(name, 'latest'));
  const found = versionOf(answer);
  ensure(found.version === version, answer, `version ${version}`, `version ${found.version}`);
}
