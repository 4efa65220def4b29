import { describe, expect, it } from 'vitest';
import { parseHttpDate, parseRetryAfter, pauseAfter } from '#lib/catalog/sync/back-off.ts';
import { decideItem, isWantedName, type StoredVersion, type Surroundings } from '#lib/catalog/sync/decide-item.ts';
import { SYNC_LIMITS } from '#lib/catalog/sync/limits.ts';
import { parsePage } from '#lib/catalog/sync/parse-page.ts';
import { type PageItem, readItem } from '#lib/catalog/sync/read-item.ts';
import { parseBaseUrl, trustedOriginsFor } from '#lib/catalog/sync/upstream-address.ts';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { at, item, itemText, T0 } from './upstream.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

describe('parsePage', () => {
  it('cuts the items out as they were written, and reads the cursor', () => {
    const [a, b] = ['{ "server" : {"x":1.0, "y":"\\u00e9 é 😀"} }', '{"server":{}}'];
    const page = parsePage(bytes(` {"metadata":{"nextCursor":"a/b:1+2&3#"},"servers":[\n${a}\t,${b} ]}\n`), 'up');
    expect(page.items.map((one) => Buffer.from(one).toString())).toEqual([a, b]);
    expect(page.nextCursor).toBe('a/b:1+2&3#');
  });

  it.each([
    ['no items', '{"servers": [], "metadata": {"count": 0}}'],
    ['a list that Go wrote', '{"servers": null, "metadata": {"count": 0}}'],
    ['no metadata', '{"servers": []}'],
    ['an empty cursor', '{"servers": [], "metadata": {"nextCursor": ""}}'],
    ['a cursor of null', '{"servers": [], "metadata": {"nextCursor": null}}'],
  ])('takes %s for the last page', (_, text) => {
    expect(parsePage(bytes(text), 'up')).toEqual({ items: [], nextCursor: null });
  });

  it.each([
    ['nothing', '', 'not JSON'],
    ['a page for people', '<!doctype html><title>Sign in</title>', 'not JSON'],
    ['a page that ends early', '{"servers": [{"server": {}}, {"ser', 'ends early'],
    ['two documents', '{"servers": []} {"servers": []}', 'expected nothing after the document'],
    ['items and more behind', '{"servers": [{"server": {}}]} x', 'Line 1'],
    ['another shape', '{"data": []}', 'servers'],
    ['a list alone', '[{"server": {}}]', 'page: '],
    ['servers that are no list', '{"servers": {"a": 1}}', 'servers'],
    ['two lists', '{"servers": [{"server": {}}], "servers": [{"server": {}}]}', 'more than one list'],
    ['two lists, one of them empty', '{"servers": [{"server": {}}], "servers": []}', 'servers'],
    ['a key that only some read as servers', '{"\\u0073ervers": [{"server": {}}]}', 'disagree'],
    ['two cursors', '{"servers": [], "metadata": {"nextCursor": "a", "nextCursor": "b"}}', 'nextCursor'],
    ['a cursor that is no text', '{"servers": [], "metadata": {"nextCursor": 3}}', 'metadata.nextCursor'],
    [
      'a cursor without end',
      `{"servers": [], "metadata": {"nextCursor": "${'a'.repeat(4001)}"}}`,
      'metadata.nextCursor',
    ],
    ['a cursor that no database holds', '{"servers": [], "metadata": {"nextCursor": "a\\u0000"}}', 'U+0000'],
    ['a byte order mark', '\ufeff{"servers": []}', 'not JSON'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parsePage(bytes(text), 'up.example')).toThrow(
      expect.objectContaining({ code: 'BAD_PAGE', message: expect.stringContaining(message) }),
    );
  });
});

describe('readItem', () => {
  it('keeps the bytes of `server` and reads what is said about it', () => {
    const one = item('com.example/a', '1.0.0', { status: 'deprecated', statusMessage: 'old', minutes: 3 });
    const server = `{  "name":"com.example/a",\n\t"version" : "1.0.0", "n": 1.50, "t": "\\u00e9é"}`;
    const read = readItem(bytes(itemText({ ...one, server }))) as PageItem;
    expect(Buffer.from(read.manifestBytes).toString()).toBe(server);
    expect(read).toMatchObject({ name: 'com.example/a', version: '1.0.0' });
    const facts = { status: 'deprecated', statusMessage: 'old', statusChangedAt: at(3), publishedAt: at(3) };
    expect(read.facts).toEqual({ ...facts, updatedAt: at(3) });
  });

  it('counts the characters of a status message as the registry does', () => {
    const statusMessage = '😀'.repeat(500);
    const read = readItem(bytes(itemText(item('com.example/a', '1.0.0', { status: 'deprecated', statusMessage }))));
    expect(read).toMatchObject({ facts: { statusMessage } });
  });

  it('takes a version without `_meta` as active', () => {
    const read = readItem(bytes('{"server": {"name": "a/b", "version": "1"}}')) as PageItem;
    expect(read.facts).toEqual({
      status: 'active',
      statusMessage: null,
      statusChangedAt: null,
      publishedAt: null,
      updatedAt: null,
    });
  });

  const server = '{"name": "com.example/a", "version": "1"}';
  const official = (json: string) =>
    `{"server": ${server}, "_meta": {"io.modelcontextprotocol.registry/official": ${json}}}`;
  it.each([
    ['no object', '3', 'item'],
    ['no server', '{"_meta": {}}', 'server'],
    ['a server without a name', '{"server": {"version": "1"}}', 'server.name'],
    ['a version that is a number', '{"server": {"name": "a/b", "version": 1}}', 'server.version'],
    ['two servers', `{"server": ${server}, "server": ${server}}`, 'server'],
    ['a name twice', '{"server": {"name": "a/b", "name": "c/d", "version": "1"}}', 'name'],
    ['a status that nobody knows', official('{"status": "yanked"}'), 'status'],
    [
      'a status message without end',
      official(`{"status": "deprecated", "statusMessage": "${'x'.repeat(501)}"}`),
      '500',
    ],
    ['a time that is none', official('{"publishedAt": "yesterday"}'), 'RFC 3339'],
    [
      'a number that is not kept',
      '{"server": {"name": "a/b", "version": "1", "n": 9007199254740993}}',
      '9007199254740993',
    ],
    ['half a surrogate', '{"server": {"name": "a/b", "version": "\\ud800"}}', 'surrogate'],
    ['U+0000', '{"server": {"name": "a/b", "version": "1\\u0000"}}', 'U+0000'],
    ['more than two MiB', `{"server": ${server}, "x": "${'x'.repeat(SYNC_LIMITS.itemBytes)}"}`, 'bytes'],
    ['too many levels', `{"server": ${server}, "x": ${'['.repeat(70)}${']'.repeat(70)}}`, '64'],
  ])('refuses %s with the reason', (_, text, message) => {
    expect(readItem(bytes(text))).toMatchObject({ code: 'ITEM_INVALID', message: expect.stringContaining(message) });
  });

  it('names a refused item where it can be told, in text that can be stored', () => {
    const text = '{"server": {"name": "a/b\\u0000", "version": "1\\ud800"}}';
    expect(readItem(bytes(text))).toMatchObject({ name: 'a/b', version: '1\ufffd' });
  });
});

describe('decideItem', () => {
  const SOURCE = 'https://up.example';
  const read = (...args: Parameters<typeof item>) => readItem(bytes(itemText(item(...args)))) as PageItem;
  const active = read('com.example/a', '1.0.0');
  const stored = (changes: Partial<StoredVersion> = {}): StoredVersion => ({
    id: 'v',
    serverId: 's',
    serverName: 'com.example/a',
    version: '1.0.0',
    manifestSha256: active.manifestSha256,
    source: SOURCE,
    status: 'active',
    statusMessage: null,
    statusChangedAt: T0,
    publishedAt: T0,
    isSigned: false,
    isMirrored: true,
    ...changes,
  });
  const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
    source: SOURCE,
    filters: { names: [], exclude: [], statuses: [] },
    existing: null,
    server: null,
    holder: null,
    isBlocked: false,
    others: new Map([['https://other.example', 'other']]),
    maxVersions: 3,
    ...changes,
  });
  const mirroredFrom = (...from: string[]) => ({ versions: 1, isOurs: false, sources: from });
  const deprecated = read('com.example/a', '1.0.0', {
    status: 'deprecated',
    statusMessage: 'old',
    minutes: 5,
    publishedAt: T0.toISOString(),
  });
  const edited = read('com.example/a', '1.0.0', { extra: { title: 'Edited' } });

  it.each<[string, PageItem, Partial<Surroundings>, object]>([
    ['a version that is new', active, {}, { action: 'insert' }],
    ['a further version', active, { server: mirroredFrom(SOURCE) }, { action: 'insert' }],
    ['a tombstone that is new', read('com.example/a', '1.0.0', { status: 'deleted' }), {}, { action: 'insert' }],
    ['a version that is here', active, { existing: stored() }, { action: 'unchanged' }],
    ['another status', deprecated, { existing: stored() }, { action: 'update', hasNewStatus: true }],
    [
      'the same status again',
      deprecated,
      { existing: stored({ status: 'deprecated', statusMessage: 'old', statusChangedAt: at(5) }) },
      { action: 'unchanged' },
    ],
    [
      'the same status since another time',
      deprecated,
      { existing: stored({ status: 'deprecated', statusMessage: 'old', statusChangedAt: at(1) }) },
      { action: 'update', hasNewStatus: true },
    ],
    [
      'another message',
      deprecated,
      { existing: stored({ status: 'deprecated', statusMessage: 'why', statusChangedAt: at(5) }) },
      { action: 'update', hasNewStatus: true },
    ],
    [
      'a status that an admin here has overruled since',
      active,
      { existing: stored({ status: 'deleted', statusChangedAt: at(9) }) },
      { action: 'unchanged' },
    ],
    [
      'a status that is newer than the one of an admin here',
      deprecated,
      { existing: stored({ status: 'deleted', statusChangedAt: at(1) }) },
      { action: 'update', hasNewStatus: true },
    ],
    [
      'another time of publication',
      active,
      { existing: stored({ publishedAt: at(-9) }) },
      { action: 'update', hasNewStatus: false },
    ],
    ['other bytes', edited, { existing: stored() }, { action: 'replace', hasNewStatus: false }],
    [
      'other bytes and another status',
      { ...edited, facts: deprecated.facts },
      { existing: stored() },
      { action: 'replace', hasNewStatus: true },
    ],
    [
      'other bytes of what is signed here',
      edited,
      { existing: stored({ isSigned: true }) },
      { action: 'skip', code: 'SIGNED_HERE' },
    ],
    [
      'a version from a file, same bytes',
      active,
      { existing: stored({ source: 'a file' }), server: mirroredFrom('a file') },
      { action: 'update', hasNewStatus: false },
    ],
    [
      'a version from a file with a later time of its own',
      deprecated,
      { existing: stored({ source: null, statusChangedAt: at(99) }) },
      { action: 'update', hasNewStatus: true },
    ],
    [
      'a version from a file that was deleted here',
      active,
      { existing: stored({ source: null, status: 'deleted', statusChangedAt: at(99) }) },
      { action: 'update', hasNewStatus: false },
    ],
    [
      'a name of another upstream',
      active,
      { server: mirroredFrom('https://other.example') },
      { action: 'skip', code: 'OTHER_SOURCE' },
    ],
    [
      'a name of an upstream that was removed',
      active,
      { server: mirroredFrom('https://gone.example') },
      { action: 'insert' },
    ],
    [
      'a name that was published here',
      active,
      { server: { ...mirroredFrom(), isOurs: true } },
      { action: 'skip', code: 'PUBLISHED_HERE' },
    ],
    ['a namespace that is held here', active, { holder: 'Example Inc' }, { action: 'skip', code: 'NAMESPACE_HELD' }],
    ['a blocked namespace', active, { isBlocked: true }, { action: 'skip', code: 'NAMESPACE_BLOCKED' }],
    [
      'one version too many',
      active,
      { server: { ...mirroredFrom(SOURCE), versions: 3 } },
      { action: 'skip', code: 'TOO_MANY_VERSIONS' },
    ],
    [
      'a name outside the filter',
      active,
      { filters: { names: ['org.*'], exclude: [], statuses: [] } },
      { action: 'filter' },
    ],
    [
      'a name that is left out',
      active,
      { filters: { names: ['com.*'], exclude: ['*/a'], statuses: [] } },
      { action: 'filter' },
    ],
    [
      'a status outside the filter',
      deprecated,
      { filters: { names: [], exclude: [], statuses: ['active'] } },
      { action: 'filter' },
    ],
    [
      'a status outside the filter of what is here',
      deprecated,
      { existing: stored(), filters: { names: [], exclude: [], statuses: ['active'] } },
      { action: 'update', hasNewStatus: true },
    ],
  ])('%s', (_, one, changes, decision) => {
    expect(decideItem(one, around(changes))).toMatchObject(decision);
  });

  it('takes a name that fits a pattern and none that is left out', () => {
    const names = ['com.example/a', 'com.example.b/a', 'org.other/a'];
    const wanted = (filter: Parameters<typeof isWantedName>[1]) => names.filter((name) => isWantedName(name, filter));
    expect(wanted({ names: [], exclude: [] })).toEqual(names);
    expect(wanted({ names: ['com.example/*', 'org.*'], exclude: [] })).toEqual(['com.example/a', 'org.other/a']);
    expect(wanted({ names: ['com.*'], exclude: ['com.example.*'] })).toEqual(['com.example/a']);
  });
});

describe('pauses', () => {
  const pause = (failures: number, changes: object = {}) =>
    pauseAfter({ failures, isTransient: true, retryAfterMs: null, random: 1, limits: SYNC_LIMITS, ...changes });

  it('double up to an hour', () => {
    expect([1, 2, 3, 4].map((failures) => pause(failures))).toEqual([5000, 10_000, 20_000, 40_000]);
    expect(pause(50)).toBe(3_600_000);
    expect(pause(5000)).toBe(3_600_000);
  });

  it('differ by up to a half', () => {
    expect(pause(1, { random: 0 })).toBe(2500);
  });

  it('are never shorter than what the upstream asks for, up to a day', () => {
    expect(pause(1, { retryAfterMs: 90_000, random: 0 })).toBe(90_000);
    expect(pause(1, { retryAfterMs: 90_000 })).toBe(95_000);
    expect(pause(1, { retryAfterMs: 1e12, random: 0 })).toBe(86_400_000);
  });

  it('are longer after a fault that waiting does not mend', () => {
    expect(pause(1, { isTransient: false, random: 0 })).toBe(300_000);
  });

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['2026-03-01T12:00:30Z', null],
    [null, null],
  ])('reads Retry-After: %s', (value, ms) => {
    expect(parseRetryAfter(value, T0)).toBe(ms);
  });

  it('reads a date of HTTP and nothing else', () => {
    expect(parseHttpDate('Sun, 01 Mar 2026 12:00:00 GMT')).toEqual(T0);
    for (const other of ['2026-03-01', 'Sun, 99 Mar 2026 12:00:00 GMT', '1', null])
      expect(parseHttpDate(other)).toBeNull();
  });
});

describe('addresses of upstreams', () => {
  it.each([
    ['https://registry.example.com', 'https://registry.example.com'],
    ['https://registry.example.com/', 'https://registry.example.com'],
    ['https://Registry.Example.com/v0.1/servers?limit=1', 'https://registry.example.com'],
    ['https://registry.example.com/v0/', 'https://registry.example.com'],
    ['http://127.0.0.1:3000/orgs/acme/registry/v0.1', 'http://127.0.0.1:3000/orgs/acme/registry'],
    ['https://registry.example.com:443/#x', 'https://registry.example.com'],
  ])('stores %s as %s', (text, stored) => {
    expect(parseBaseUrl(text)).toBe(stored);
  });

  it.each([
    'registry.example.com',
    'ftp://registry.example.com',
    '',
    'https://',
    'https://user:pw@registry.example.com',
  ])('refuses %s', (text) => {
    expect(() => parseBaseUrl(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  const listed = parsePrivateNetworks('127.0.0.1, 10.0.0.0/8, registry.corp, fd00::/8');
  it.each([
    ['https://registry.example.com', []],
    // The guard decides about https itself.
    ['https://10.0.0.1', []],
    ['http://127.0.0.1:3000', ['http://127.0.0.1:3000']],
    ['http://10.1.2.3', ['http://10.1.2.3']],
    ['http://registry.corp:8080/x', ['http://registry.corp:8080']],
    ['http://[fd00::1]', ['http://[fd00::1]']],
  ])('trusts for %s only %j', (base, origins) => {
    expect(trustedOriginsFor(base, listed)).toEqual(origins);
  });

  it.each([
    'http://registry.example.com',
    'http://127.0.0.2',
    'http://localhost',
    'http://93.184.216.34',
    'http://[::1]',
  ])('refuses %s, which has no https and is not listed', (base) => {
    expect(() => trustedOriginsFor(base, listed)).toThrow(expect.objectContaining({ code: 'ADDRESS_REFUSED' }));
  });
});
