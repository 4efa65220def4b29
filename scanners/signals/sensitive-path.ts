import { isNegated, isRefused, spansOf } from './match.ts';
import type { Signal } from './types.ts';

type Place = { pattern: string /** A tool that names this topic has a reason to name the place. */; topic: RegExp };

const HOME = String.raw`(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|\/home\/[\w.{}$<>-]{1,40}|\/root|\/Users\/[\w.{}$<>-]{1,40})`;

/** Files that hold credentials or private data. */
export const SENSITIVE_PLACES: readonly Place[] = [
  {
    pattern: String.raw`(?:${HOME}|\.\.)?[/\\]?\.ssh[/\\](?:id_\w{2,10}|authorized_keys|known_hosts|config|\*)?|\bid_(?:rsa|ed25519|ecdsa|dsa)\b`,
    topic: /ssh|sftp|scp|git\b|tunnel|bastion/i,
  },
  { pattern: String.raw`${HOME}?[/\\]?\.aws[/\\](?:credentials|config)?`, topic: /aws|amazon|s3\b|cloud|bedrock/i },
  {
    pattern: String.raw`${HOME}[/\\]\.(?:kube|docker|azure|config[/\\]gcloud|gnupg|netrc|pgpass|npmrc|pypirc|git-credentials|bash_history|zsh_history|mozilla|electrum|bitcoin|ethereum)\b[\w./\\-]{0,60}`,
    topic:
      /kube|k8s|docker|azure|gcloud|google|gpg|pgp|npm|pypi|postgres|history|firefox|wallet|bitcoin|ethereum|cluster|helm/i,
  },
  { pattern: String.raw`\.(?:git-credentials|netrc|pgpass|pypirc)\b`, topic: /git|netrc|postgres|pypi/i },
  {
    pattern: String.raw`\/etc\/(?:passwd|shadow|sudoers|ssh\/\w{1,30})|\/proc\/(?:self|\d+)\/environ`,
    topic: /linux|user account|ldap|sudo|ansible|host (?:audit|hardening)/i,
  },
  {
    pattern: String.raw`(?<![\w.])(?:~\/|\.\/|\/[\w./-]{0,60})?\.env(?:\.(?:local|production|prod))?(?![\w.]|\s*\()`,
    topic: /dotenv|env|environment|configur|deploy|secret|vite|next/i,
  },
  {
    pattern: String.raw`${HOME}?[/\\]?\.(?:cursor|codeium|vscode|claude|windsurf)[/\\]\w{0,20}(?:mcp|settings|config)\w{0,20}(?:\.json)?|claude_desktop_config\.json|\bmcp\.json\b`,
    topic: /mcp|cursor|claude|windsurf|vs ?code|client config/i,
  },
  {
    pattern: String.raw`(?:Login Data|Local State|cookies\.sqlite|logins\.json|wallet\.dat|\bkeychain-db\b|login\.keychain|SAM hive|NTDS\.dit)`,
    topic: /browser|chrome|firefox|keychain|wallet|forensic/i,
  },
];

const ANY_PLACE = new RegExp(SENSITIVE_PLACES.map(({ pattern }) => `(?:${pattern})`).join('|'), 'gi');
const PATTERNS = SENSITIVE_PLACES.map(({ pattern, topic }) => ({ whole: new RegExp(`^(?:${pattern})$`, 'i'), topic }));

/** What a person takes for a path to secrets; `isTopic` when the tool's own name says why it is there. */
export function isExplained(place: string, toolName: string): boolean {
  return PATTERNS.some(({ whole, topic }) => whole.test(place) && topic.test(toolName));
}

/** Keys and password files, which hardly any tool has a reason to name. */
const KEYS =
  /id_(?:rsa|ed25519|ecdsa|dsa)\b|\/etc\/(?:passwd|shadow)|\.aws[/\\]credentials|\/proc\/(?:self|\d+)\/environ|\.ssh[/\\]?$/i;
export const isKeyPlace = (place: string): boolean => KEYS.test(place);

/** An example of a value, or a place that is kept out, is no order to go there. */
const ILLUSTRATION =
  /\b(?:e\.g\.?|for example|for instance|examples?:?|such as|default(?:s| is|:)?(?: to)?|like|typically|usually|located at|stored (?:in|at)|looks? (?:in|for)|loaded from|configured in|add(?: it)? to|set (?:it )?in|supports?)\b[^.!?\n]{0,30}$/i;

export const sensitivePath: Signal = {
  id: 'sensitive-path',
  strength: 'weak',
  group: 'secret-source',
  says: 'names a file that holds secrets',
  find: ({ latin }, facts) =>
    spansOf(
      latin,
      ANY_PLACE,
      (match, text) =>
        match[0].length >= 4 &&
        !isNegated(text, match.index) &&
        !isRefused(text, match.index + match[0].length) &&
        !isExplained(match[0], facts.name) &&
        !ILLUSTRATION.test(text.slice(Math.max(0, match.index - 50), match.index)),
    ),
};
