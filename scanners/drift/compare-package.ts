import { compareText } from '../order.ts';
import { describePermission } from '../permissions/describe.ts';
import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { Finding, FindingLocation, Permission } from '../types.ts';
import { changeOf } from './change.ts';
import type { DriftChange } from './types.ts';

/** What scans stored about a package that they fetched: its files and what it did are not kept, what was found in them is. */
export type PackageSight = {
  /** '' where the package was read without being installed. */
  identifier: string;
  version: string;
  /** Tells contents apart; null where the registry gives none. */
  integrity: string | null;
  /** Whether its code was read, so that what is not among the findings was not there. */
  isRead: boolean;
  /** Whether its server was run. */
  isObserved: boolean;
  /** Those in its files and those about known faults of what it installs. */
  findings: readonly Finding[];
  /** Those that its code or its run showed. */
  permissions: readonly Permission[];
  /** `name@version` of what has an install script; null where that is not known. */
  installScripts: readonly string[] | null;
  /** Everything that is installed, its own package first; null where that is not known. */
  tree: readonly { name: string; version: string }[] | null;
};

/** Names in one sentence. */
const MAX_NAMED = 8;
const MANIFEST: FindingLocation = { document: 'server.json', pointer: '/packages' };

/**
 * What the contents of a package can do now and could not before. The same contents give no change, whatever two scans of
 * different days and rules say about them: what a version can do does not grow by itself.
 */
export function comparePackages(was: PackageSight, is: PackageSight): DriftChange[] {
  const isSameRelease = was.identifier === is.identifier && was.version === is.version;
  const isSame = was.integrity === null || is.integrity === null ? isSameRelease : was.integrity === is.integrity;
  if (isSame) return [];
  const replaced =
    isSameRelease && is.identifier !== ''
      ? [
          changeOf(
            'package-content',
            {
              message: `${shown(is.identifier)} ${shown(is.version)} has other contents under the same version`,
              location: MANIFEST,
            },
            was.integrity,
            is.integrity,
          ),
        ]
      : [];
  return [
    ...replaced,
    ...(was.isRead && is.isRead ? codeChanges(was, is) : []),
    ...(was.isObserved && is.isObserved ? permissionsThatCame(was, is, isObserved, 'behaviour-added') : []),
    ...installScripts(was, is),
    ...dependencies(was, is),
    ...faults(was, is),
  ];
}

const isObserved = ({ basis }: Permission): boolean => basis === 'observed';
const isOfCode = (permission: Permission): boolean => !isObserved(permission);
const keyOf = ({ kind, scope }: Permission): string => JSON.stringify([kind, scope]);

function permissionsThatCame(
  was: PackageSight,
  is: PackageSight,
  isMeant: (permission: Permission) => boolean,
  kind: 'behaviour-added' | 'code-power-added',
): DriftChange[] {
  const had = new Set(was.permissions.filter(isMeant).map(keyOf));
  return is.permissions
    .filter((permission) => isMeant(permission) && !had.has(keyOf(permission)))
    .map((permission) => {
      const head = kind === 'behaviour-added' ? 'When it was run' : 'New in its code';
      return changeOf(
        kind,
        { message: `${head}: ${describePermission(permission)}`, location: placeOf(permission) },
        undefined,
        permission.evidence.slice(0, 5).join(', '),
      );
    });
}

/** `package src/index.js:12`, as scanners/package-code/facts.ts writes it. */
const PLACE = /^package (.+):(\d+)$/;

function placeOf({ evidence }: Permission): FindingLocation {
  const [, path, line] = evidence.map((source) => PLACE.exec(source)).find((match) => match !== null) ?? [];
  if (path === undefined) return MANIFEST;
  return { document: 'package', pointer: `/${escapePointerToken(path)}`, path, line: Number(line) };
}

/** What the code can do, by the facts about it: those that came, and those that name more than before. */
function codeChanges(was: PackageSight, is: PackageSight): DriftChange[] {
  const before = Map.groupBy(was.findings.filter(isInCode), ({ ruleId }) => ruleId);
  const findings = [...Map.groupBy(is.findings.filter(isInCode), ({ ruleId }) => ruleId)].flatMap(([ruleId, found]) => {
    const earlier = before.get(ruleId) ?? [];
    const [first] = found;
    if (first === undefined || (earlier.length >= found.length && !namesMore(earlier, found))) return [];
    const known = new Set(earlier.map(({ fingerprint }) => fingerprint));
    const telling = found.find(({ fingerprint }) => !known.has(fingerprint)) ?? first;
    return [findingChange(telling, earlier[0])];
  });
  const said = new Set(findings.map(({ ruleId }) => ruleId));
  const permissions = permissionsThatCame(was, is, isOfCode, 'code-power-added');
  // Hosts are told one by one where they are known; the fact that lists them says it a second time.
  const isSaid = ({ ruleId }: DriftChange) => ruleId === CONTACTS && permissions.some(isSendOut);
  return [
    ...findings.filter((change) => !isSaid(change)),
    ...permissions.filter((change) => !saidByFact(change, said)),
  ];
}

const CONTACTS = 'code.contacts';
const isSendOut = ({ message }: DriftChange): boolean => message.startsWith('New in its code: Sends data to ');
/** "Changes files" beside the fact that files are written. */
const saidByFact = ({ message }: DriftChange, said: ReadonlySet<string | undefined>): boolean =>
  (said.has('code.writes-files') && message === 'New in its code: Changes files') ||
  (said.has('code.any-path') && message.endsWith(' files in the directories you name')) ||
  (said.has('code.any-address') && message.endsWith(' the web addresses you name'));

const isInCode = ({ location, class: of, severity }: Finding): boolean =>
  location.document === 'package' && (of !== 'hygiene' || severity !== 'info');

/** Facts list programs, variables and files by name: whether one is named that was not. */
function namesMore(before: readonly Finding[], after: readonly Finding[]): boolean {
  const namesIn = (findings: readonly Finding[]) =>
    new Set(
      findings
        .filter(({ class: of }) => of === 'capability')
        .flatMap(({ message }) =>
          message.replace(/\.$/, '').split(/, | and |^The code (?:starts|asks|reads|can write) /),
        ),
    );
  const had = namesIn(before);
  return [...namesIn(after)].some((name) => !had.has(name) && !/^\d+ more$/.test(name));
}

function findingChange(finding: Finding, earlier: Finding | undefined): DriftChange {
  const { ruleId, message, location, confidence, evidence } = finding;
  const kind = { accusation: 'poison-added', capability: 'code-power-added', hygiene: 'code-fault-added' } as const;
  return changeOf(
    kind[finding.class],
    {
      message: message.replace(/\.$/, ''),
      location,
      ruleId,
      confidence,
      ...(evidence === null ? {} : { evidence }),
    },
    earlier?.message,
    message,
  );
}

const nameOf = (release: string): string => release.replace(/(?<=.)@[^@]*$/, '');

function installScripts(was: PackageSight, is: PackageSight): DriftChange[] {
  if (was.installScripts === null || is.installScripts === null) return [];
  const had = new Set(was.installScripts.map(nameOf));
  const came = is.installScripts.filter((release) => !had.has(nameOf(release)));
  if (came.length === 0) return [];
  const own = came.some((release) => nameOf(release) === is.identifier);
  const message = own
    ? `${shown(is.identifier)} runs a script when it is installed, which it did not`
    : `New: ${listed(came)} ${came.length === 1 ? 'runs a script' : 'run scripts'} when installed`;
  return [
    changeOf(
      'install-script-added',
      { message, location: MANIFEST, confidence: own ? 'firm' : 'tentative' },
      undefined,
      came.join(', '),
    ),
  ];
}

function dependencies(was: PackageSight, is: PackageSight): DriftChange[] {
  if (was.tree === null || is.tree === null) return [];
  const namesOf = (tree: readonly { name: string }[]) => [...new Set(tree.map(({ name }) => name))].sort(compareText);
  const [had, has] = [namesOf(was.tree.slice(1)), namesOf(is.tree.slice(1))];
  const [came, went] = [has.filter((name) => !had.includes(name)), had.filter((name) => !has.includes(name))];
  const change = (kind: 'dependency-added' | 'dependency-removed', names: string[]) => {
    if (names.length === 0) return [];
    const message = `${kind === 'dependency-added' ? 'Installs' : 'No longer installs'} ${listed(names)}`;
    const [before, after] = kind === 'dependency-added' ? [undefined, names.join(', ')] : [names.join(', ')];
    return [changeOf(kind, { message, location: MANIFEST }, before, after)];
  };
  return [...change('dependency-added', came), ...change('dependency-removed', went)];
}

const FAULTS: ReadonlySet<string> = new Set(['pkg.known-vulnerability', 'pkg.malware']);
/** `… › lodash@4.17.20)` at the end of what scanners/supply-chain/vulnerabilities.ts shows. */
const AFFECTED = /(?:\(|› )([^()›]+)\)$/;

/** Known faults of what was not installed before; one that became known since is none of the version's doing. */
function faults(was: PackageSight, is: PackageSight): DriftChange[] {
  const had = new Set(was.tree?.map(({ name, version }) => `${name}@${version}`));
  const known = new Set(was.findings.filter(({ ruleId }) => FAULTS.has(ruleId)).map(({ fingerprint }) => fingerprint));
  return is.findings.flatMap((finding) => {
    if (!FAULTS.has(finding.ruleId) || known.has(finding.fingerprint)) return [];
    const release = AFFECTED.exec(finding.evidence?.excerpt ?? '')?.[1];
    if (release !== undefined && had.has(release)) return [];
    const { ruleId, message, location, confidence } = finding;
    const kind = finding.class === 'accusation' ? 'poison-added' : 'vulnerability-added';
    const facts = { message: message.replace(/\.$/, ''), location, ruleId, confidence };
    return [changeOf(kind, facts, undefined, finding.evidence?.excerpt)];
  });
}

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  const first = names.slice(0, MAX_NAMED).map(shown).join(', ');
  return rest > 0 ? `${first} and ${rest} more` : first;
}
