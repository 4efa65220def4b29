import type { HttpTransport, Manifest, Package, Remote } from '#lib/manifest/types.ts';
import { compareText } from '../order.ts';
import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import { changeOf, textChange } from './change.ts';
import { compareInputs, type Holders } from './compare-inputs.ts';
import { DRIFT_LIMITS } from './limits.ts';
import { pairByKey } from './pair-entries.ts';
import { isSameJson } from './same-json.ts';
import type { TextBudget } from './text-diff.ts';
import type { DriftChange, DriftKind } from './types.ts';

/** Members compared by themselves, and those that say nothing about what the server does. */
const APART: ReadonlySet<string> = new Set([
  ...['$schema', '_meta', 'name', 'version', 'icons'],
  ...['title', 'description', 'repository', 'packages', 'remotes'],
]);

/** Differences of two manifests; the version itself, icons and what registries add are left out. */
export function compareManifests(before: Manifest, after: Manifest, budget: TextBudget): DriftChange[] {
  const packages = pairPackages(before.packages ?? [], after.packages ?? []);
  const remotes = pairRemotes(before.remotes ?? [], after.remotes ?? []);
  const holders: Holders = {
    packages: packages.both.map(({ before: was, after: is }) => [was.index, is.index]),
    remotes: remotes.both.map(({ before: was, after: is }) => [was.index, is.index]),
  };
  return [
    ...compareTexts(before, after, budget),
    ...comparePackages(packages),
    ...compareRemotes(remotes),
    ...compareInputs(before, after, holders),
  ].slice(0, DRIFT_LIMITS.changesPerSubject);
}

const at = (pointer: string) => ({ document: 'server.json', pointer }) as const;

function compareTexts(before: Manifest, after: Manifest, budget: TextBudget): DriftChange[] {
  const texts = (['title', 'description'] as const).flatMap(
    (key) =>
      textChange({ where: `the ${key} in server.json`, location: at(`/${key}`) }, before[key], after[key], budget) ??
      [],
  );
  const repository = isSameJson(before.repository, after.repository)
    ? []
    : [
        changeOf(
          'repository-changed',
          { message: 'The repository changed', location: at('/repository') },
          before.repository?.url === after.repository?.url ? before.repository : before.repository?.url,
          before.repository?.url === after.repository?.url ? after.repository : after.repository?.url,
        ),
      ];
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const others = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => !APART.has(key) && !isSameJson(was[key], is[key]))
    .sort(compareText)
    .map((key) =>
      changeOf(
        'manifest-changed',
        { message: `${shown(key)} in server.json changed`, location: at(`/${escapePointerToken(key)}`) },
        was[key],
        is[key],
      ),
    );
  return [...texts, ...repository, ...others];
}

type Indexed<T> = { entry: T; index: number; key: string };
const indexed = <T>(entries: readonly T[], keyOf: (entry: T) => string): Indexed<T>[] =>
  entries.map((entry, index) => ({ entry, index, key: keyOf(entry) }));

/** Same registry and name; what is left over is paired within its registry, as one package in place of another. */
function pairPackages(before: readonly Package[], after: readonly Package[]) {
  const first = pairByKey(indexed(before, packageKey), indexed(after, packageKey), ({ key }) => key);
  const rest = pairByKey(first.removed, first.added, ({ entry }) => entry.registryType);
  return { both: [...first.both, ...rest.both], added: rest.added, removed: rest.removed };
}

/** What stays the same from release to release: OCI names without tag and digest, the home of a downloaded bundle. */
function packageKey({ registryType, identifier }: Package): string {
  if (registryType === 'oci')
    return JSON.stringify([registryType, identifier.replace(/@.*$/, '').replace(/:[^:/]*$/, '')]);
  if (URL.canParse(identifier)) {
    const { host, pathname } = new URL(identifier);
    return JSON.stringify([registryType, host, ...pathname.split('/').slice(1, 3)]);
  }
  return JSON.stringify([registryType, identifier]);
}

const PACKAGE_APART: ReadonlySet<string> = new Set([
  ...['registryType', 'identifier', 'version', 'fileSha256', 'transport'],
  ...['runtimeArguments', 'packageArguments', 'environmentVariables'],
]);

function comparePackages({ both, added, removed }: ReturnType<typeof pairPackages>): DriftChange[] {
  const nameOf = ({ registryType, identifier }: Package) => shown(`${registryType} ${identifier}`);
  const place = ({ index }: Indexed<Package>, pointer = '') => at(`/packages/${index}${pointer}`);
  return [
    ...added.map((is) =>
      changeOf(
        'package-added',
        { message: `Package ${nameOf(is.entry)} is new`, location: place(is) },
        undefined,
        is.entry.identifier,
      ),
    ),
    ...removed.map((was) =>
      changeOf(
        'package-removed',
        { message: `Package ${nameOf(was.entry)} is gone`, location: place(was) },
        was.entry.identifier,
      ),
    ),
    ...both.flatMap(({ before, after }) => [
      ...packageIdentity(before, after, place(after, '/identifier')),
      ...otherMembers(before.entry, after.entry, (key) => place(after, `/${escapePointerToken(key)}`)),
      ...compareTransports(before.entry.transport, after.entry.transport, `/packages/${after.index}/transport`),
    ]),
  ];
}

function packageIdentity(
  { entry: was, key: wasKey }: Indexed<Package>,
  { entry: is, key: isKey }: Indexed<Package>,
  location: { document: 'server.json'; pointer: string },
): DriftChange[] {
  if (wasKey !== isKey) {
    const message = 'Another package takes the place of the one before';
    return [changeOf('package-replaced', { message, location }, was.identifier, is.identifier)];
  }
  const release = ({ identifier, version, fileSha256 }: Package) =>
    [identifier, version, fileSha256].filter((part) => part !== undefined).join(' ');
  if (release(was) === release(is)) return [];
  const message = `Package ${shown(is.registryType)}: another release`;
  return [changeOf('package-version', { message, location }, release(was), release(is))];
}

function otherMembers(
  was: Package,
  is: Package,
  place: (key: string) => { document: 'server.json'; pointer: string },
): DriftChange[] {
  const [before, after] = [was as Record<string, unknown>, is as Record<string, unknown>];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !PACKAGE_APART.has(key) && !isSameJson(before[key], after[key]))
    .sort(compareText)
    .map((key) => {
      const kind: DriftKind = key === 'registryBaseUrl' ? 'package-replaced' : 'manifest-changed';
      const message = `${shown(key)} of package ${shown(is.identifier)} changed`;
      return changeOf(kind, { message, location: place(key) }, before[key], after[key]);
    });
}

type Transport = Package['transport'];
const urlOf = (transport: Transport): string | undefined => (transport.type === 'stdio' ? undefined : transport.url);

function compareTransports(before: Transport, after: Transport, pointer: string): DriftChange[] {
  const [was, is] = [urlOf(before), urlOf(after)];
  if (before.type === after.type && was === is) return [];
  const text = (transport: Transport) => [transport.type, urlOf(transport)].filter(Boolean).join(' ');
  const kind = hostOf(was) === hostOf(is) || is === undefined ? 'transport-changed' : 'remote-replaced';
  return [changeOf(kind, { message: 'The transport changed', location: at(pointer) }, text(before), text(after))];
}

/** Same address; what is left over is paired in order, as one address in place of another. */
function pairRemotes(before: readonly Remote[], after: readonly Remote[]) {
  const byUrl = ({ url }: HttpTransport) => url;
  const first = pairByKey(indexed(before, byUrl), indexed(after, byUrl), ({ key }) => key);
  const byHost = pairByKey(first.removed, first.added, ({ entry }) => hostOf(entry.url) ?? '');
  const rest = pairByKey(byHost.removed, byHost.added, () => '');
  return { both: [...first.both, ...byHost.both, ...rest.both], added: rest.added, removed: rest.removed };
}

const compareRemotes = ({ both, added, removed }: ReturnType<typeof pairRemotes>): DriftChange[] => [
  ...added.map(({ entry, index }) =>
    changeOf(
      'remote-added',
      { message: `Remote ${shown(entry.url)} is new`, location: at(`/remotes/${index}`) },
      undefined,
      entry.url,
    ),
  ),
  ...removed.map(({ entry, index }) =>
    changeOf(
      'remote-removed',
      { message: `Remote ${shown(entry.url)} is gone`, location: at(`/remotes/${index}`) },
      entry.url,
    ),
  ),
  ...both.flatMap(({ before, after }) => compareTransports(before.entry, after.entry, `/remotes/${after.index}`)),
];

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  return URL.canParse(url) ? new URL(url).host : url;
}
