import { isSecretName, manifestInputs } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import type { FindingLocation, InputSnapshot, Permission, RawFinding, Rule, Severity } from '../types.ts';
import { packageLocation } from './location.ts';
import {
  ANY_ADDRESS,
  ANY_PATH,
  CHANGES_PROGRAMS,
  CONTACTS,
  READS_ENVIRONMENT,
  RUNS_PROGRAMS,
  WRITES_FILES,
} from './rules.ts';
import type { CodePlace, PackageCode, Power, PowerKind } from './types.ts';

/** Names listed in one sentence. */
const MAX_NAMED = 6;
/** Hosts and secrets that become permissions of their own. */
const MAX_SCOPES = 12;

const ofKind = ({ powers }: PackageCode, ...kinds: PowerKind[]): Power[] =>
  powers.filter(({ kind }) => kinds.includes(kind)).sort((a, b) => compare(a.what, b.what));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: CodePlace, b: CodePlace): number => compare(a.path, b.path) || a.line - b.line;

/** What the code can do, one finding for each kind of power, at its first place. */
export function factFindings(snapshot: InputSnapshot, code: PackageCode): RawFinding[] {
  const any = ofKind(code, 'runs-any-program', 'runs-code');
  const programs = ofKind(code, 'runs-program').filter(({ what }) => what !== '');
  const runs = [...any, ...ofKind(code, 'runs-program')];
  const anyFile = ofKind(code, 'reads-files', 'writes-files').filter(({ what }) => what === 'any');
  const hosts = ofKind(code, 'contacts').filter(({ what }) => what !== '');
  const secrets = undeclaredSecrets(snapshot, code);
  return [
    ...fact(RUNS_PROGRAMS, runs, runsSentence(any, programs), any.some(isByModel) ? 'high' : undefined),
    ...fact(
      ANY_PATH,
      anyFile,
      `Files are ${verbs(anyFile)} at paths that a model gives, with no check that could be seen.`,
    ),
    ...fact(
      ANY_ADDRESS,
      ofKind(code, 'contacts-any'),
      'Addresses that a model gives are asked, with no check of the host that could be seen.',
    ),
    ...fact(CONTACTS, hosts, `The code asks ${listed(hosts)}.`),
    ...fact(WRITES_FILES, ofKind(code, 'writes-files'), 'The code creates, changes or deletes files.'),
    ...fact(
      READS_ENVIRONMENT,
      secrets,
      `The code reads ${listed(secrets)}${snapshot.manifest === null ? '' : ', which the manifest does not ask for'}.`,
    ),
    ...fact(
      CHANGES_PROGRAMS,
      ofKind(code, 'changes-programs'),
      `The code can write ${listed(ofKind(code, 'changes-programs'))}.`,
    ),
  ];
}

/** A model decides; otherwise the code itself does, in a way that could not be followed. */
const isByModel = ({ kind, what }: Power): boolean => kind === 'runs-code' || what === 'model';

function runsSentence(any: readonly Power[], programs: readonly Power[]): string {
  if (any.some(({ kind }) => kind === 'runs-code')) return 'Code that a model gives is run.';
  if (any.some(isByModel)) return 'Programs or commands that a model gives are started.';
  if (programs.length > 0)
    return `The code starts ${listed(programs)}${any.length > 0 ? ' and programs that are chosen at run time' : ''}.`;
  return 'The code starts programs that are chosen at run time.';
}

const verbs = (powers: readonly Power[]): string =>
  ['reads-files', 'writes-files']
    .filter((kind) => powers.some((power) => power.kind === kind))
    .map((kind) => (kind === 'reads-files' ? 'read' : 'written'))
    .join(' and ');

function listed(powers: readonly Power[]): string {
  const all = [...new Set(powers.map(({ what }) => shown(what)))];
  const rest = all.length - MAX_NAMED;
  return rest > 0 ? `${all.slice(0, MAX_NAMED).join(', ')} and ${rest} more` : all.join(', ');
}

function fact(rule: Rule, powers: readonly Power[], message: string, severity?: Severity): RawFinding[] {
  const places = powers.flatMap((power) => power.places).sort(byPlace);
  const [first] = places;
  if (first === undefined) return [];
  const location: FindingLocation = packageLocation(first.path, first.line);
  return [
    { ruleId: rule.id, message, location, evidence: first.evidence, ...(severity === undefined ? {} : { severity }) },
  ];
}

function undeclaredSecrets({ manifest }: InputSnapshot, code: PackageCode): Power[] {
  const declared = new Set(manifest === null ? [] : manifestInputs(manifest).map(({ name }) => name));
  return ofKind(code, 'reads-environment').filter(({ what }) => isSecretName(what) && !declared.has(what));
}

/** What the code can do beside what tools and manifest say, as permissions that are inferred from `file:line`. */
export function codePermissions({ package: code }: InputSnapshot): Permission[] {
  if (code == null) return [];
  const found: Permission[] = [];
  const add = (kind: Permission['kind'], scope: string, powers: readonly Power[]) => {
    const evidence = powers
      .flatMap(({ places }) => places.map(({ path, line }) => `package ${path}:${line}`))
      .slice(0, 5);
    if (evidence.length > 0) found.push({ kind, scope, basis: 'inferred', evidence });
  };
  const files = (kind: PowerKind) => ofKind(code, kind);
  add('run-code', 'shell commands', ofKind(code, 'runs-any-program').filter(isByModel));
  add('run-code', 'code that the model writes', ofKind(code, 'runs-code'));
  add(
    'read',
    'files in the directories you name',
    files('reads-files').filter(({ what }) => what === 'any'),
  );
  add(
    'change',
    'files in the directories you name',
    files('writes-files').filter(({ what }) => what === 'any'),
  );
  add(
    'change',
    'files',
    files('writes-files').filter(({ what }) => what !== 'any'),
  );
  add('send-out', 'the web addresses you name', ofKind(code, 'contacts-any'));
  for (const power of ofKind(code, 'contacts')
    .filter(({ what }) => what !== '')
    .slice(0, MAX_SCOPES))
    add('send-out', power.what, [power]);
  for (const power of ofKind(code, 'reads-environment')
    .filter(({ what }) => isSecretName(what))
    .slice(0, MAX_SCOPES))
    add('secrets', power.what, [power]);
  return found;
}
