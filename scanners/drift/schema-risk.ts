import { isSecretName, nameWords } from '../manifest-inputs.ts';
import { kindsOfVerb } from '../permissions/words.ts';
import { shown } from '../text/scan-text.ts';
import type { FindingLocation } from '../types.ts';
import { changeOf } from './change.ts';
import type { DriftChange } from './types.ts';

/** "Your API key", "the user's private key": a secret that somebody has, not one that is made or looked at. */
const WANTS_SECRET =
  /\b(?:your|the user'?s?|user'?s|their|caller'?s|account'?s|wallet'?s|database|db|master|current)\s+(?:[\w-]{1,20}\s+){0,2}(?:passwords?|passphrase|private key|api[- ]key|secret(?: access)? key|access token|auth(?:entication)? token|seed phrase|recovery phrase|mnemonic|credentials|ssh key|session cookie)\b/i;

type Asked = { name: string; schema: unknown; isRequired: boolean };

/** A new parameter whose value is a secret. `firm` where the tool cannot be called without it. */
export function secretAsked(
  { name, schema, isRequired }: Asked,
  location: FindingLocation,
  tool: string,
): DriftChange[] {
  const description = textIn(schema, 'description');
  const leaf = name.split('.').at(-1) ?? '';
  if (!isSecretName(leaf) && !WANTS_SECRET.test(description)) return [];
  const message = `${shown(tool)} asks for a secret: ${shown(name)} is ${isRequired ? 'new and required' : 'new'}`;
  return [
    changeOf('secret-asked', { message, location, confidence: isRequired ? 'firm' : 'tentative' }, undefined, name),
  ];
}

/** A parameter that was there and whose words now ask for a secret. */
export function secretWanted(
  name: string,
  was: string | undefined,
  is: string | undefined,
  location: FindingLocation,
  tool: string,
): DriftChange[] {
  if (is === undefined || !WANTS_SECRET.test(is) || WANTS_SECRET.test(was ?? '')) return [];
  const message = `${shown(tool)} asks for a secret in ${shown(name)} now`;
  return [changeOf('secret-asked', { message, location, confidence: 'firm' }, was, is)];
}

type Value = { key: string; was: unknown; is: unknown };

/** What a changed value of a parameter lets the tool do more: actions to choose from, checks that fall, defaults that reach further. */
export function wider(name: string, { key, was, is }: Value, location: FindingLocation, tool: string): DriftChange[] {
  if (key === 'enum')
    return [...addedActions(name, was, is, location, tool), ...fallenChecks(name, key, was, is, location)];
  if (key === 'pattern' || key === 'const') return fallenChecks(name, key, was, is, location);
  if (key !== 'default') return [];
  const says = defaultSays(name, was, is);
  if (says === null) return [];
  return [
    changeOf('guard-lowered', { message: `Parameter ${shown(name)} of ${shown(tool)} ${says}`, location }, was, is),
  ];
}

const RUNS = /^(?:exec|execute|run|shell|eval|spawn|sudo|script|command)$/;

/** Choices that do something which none of the earlier ones did; only where the choices are actions at all. */
function addedActions(name: string, was: unknown, is: unknown, location: FindingLocation, tool: string): DriftChange[] {
  const [before, after] = [choicesOf(was), choicesOf(is)];
  const kindsOf = (choice: string): string[] => {
    const [verb = ''] = nameWords(choice);
    return RUNS.test(verb) ? ['run-code'] : kindsOfVerb(verb).filter((kind) => kind !== 'read');
  };
  const isAction = (choice: string) => kindsOf(choice).length > 0 || kindsOfVerb(nameWords(choice)[0] ?? '').length > 0;
  if (before.length === 0 || !before.every(isAction)) return [];
  const had = new Set(before.flatMap(kindsOf));
  const more = after.filter((choice) => !before.includes(choice) && kindsOf(choice).some((kind) => !had.has(kind)));
  if (more.length === 0) return [];
  const listed = more.slice(0, 5).map(shown).join(', ');
  return [
    changeOf('action-added', { message: `${shown(tool)} can do more by ${shown(name)}: ${listed}`, location }, was, is),
  ];
}

/** Names of values that reach something outside: what they may be was checked for a reason. */
const REACHES =
  /(?:^| )(?:command|cmd|script|code|shell|query|sql|path|paths|file|filename|filepath|directory|dir|folder|url|uri|host|hostname|domain|endpoint|address|recipient|to|branch|image|program|binary)$/;

function fallenChecks(name: string, key: string, was: unknown, is: unknown, location: FindingLocation): DriftChange[] {
  if (was === undefined || is !== undefined || !REACHES.test(nameWords(name).join(' '))) return [];
  const message = `Parameter ${shown(name)} takes any value now: its ${key} is gone`;
  return [changeOf('guard-lowered', { message, location }, was, is)];
}

/** Switches that hold something back while they are on, and such that let something through. */
const HOLDS_BACK =
  /(?:^| )(?:confirm|confirmation|require|approval|ask|dry run|dryrun|preview|read only|readonly|safe|sandbox|sandboxed|verify|validate|check|strict|restrict|restricted|interactive|redact|mask|sanitize|escape)(?: |$)/;
const LETS_THROUGH =
  /(?:^| )(?:force|recursive|overwrite|skip|unsafe|allow|no verify|bypass|auto approve|autoapprove|yes|insecure|privileged|admin|root|sudo|include secrets|include private|show secrets|raw|delete|purge|public)(?: |$)/;
/** The whole file system, a home directory, everything. */
const EVERYTHING =
  /^(?:\/|~|~\/|\$HOME\/?|%USERPROFILE%\\?|\/(?:home|root|Users|etc)\/?|[A-Za-z]:[\\/]?|\*|\*\*|\*\/\*|\*\*\/\*|all)$/;

function defaultSays(name: string, was: unknown, is: unknown): string | null {
  const words = nameWords(name).join(' ');
  if (is === false && was === true && HOLDS_BACK.test(words)) return 'is off unless it is turned on';
  if (is === true && was !== true && LETS_THROUGH.test(words)) return 'is on unless it is turned off';
  if (typeof is === 'string' && EVERYTHING.test(is) && !(typeof was === 'string' && EVERYTHING.test(was)))
    return 'is everything unless something is named';
  return null;
}

const choicesOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((choice) => typeof choice === 'string').slice(0, 200) : [];

const textIn = (schema: unknown, key: string): string => {
  const value = typeof schema === 'object' && schema !== null ? (schema as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value.slice(0, 2_000) : '';
};
