import { shown } from '../text/scan-text.ts';
import type { Permission, PermissionKind } from '../types.ts';
import { TRIED_CHANGING, TRIED_NETWORK, TRIED_PROGRAMS, TRIED_READING } from './observed-permissions.ts';

const MAX_NAMED = 3;

const SENTENCES: Record<PermissionKind, (scope: string) => string> = {
  read: (scope) => `Reads ${scope}`,
  change: (scope) => `Changes ${scope}`,
  'send-out': (scope) => `Sends data to ${scope}`,
  'run-code': (scope) => `Runs ${scope}`,
  secrets: (scope) => `Uses the secret ${scope}`,
};

/** A scope that is no place needs another verb than "to". */
const SENDS: Record<string, string> = {
  'e-mail': 'Sends e-mail',
  'messages and chats': 'Sends messages',
  'issues and tickets': 'Posts to issues and tickets',
  repositories: 'Posts to repositories',
  calendars: 'Sends invitations',
};

/** Secrets that have no name of their own. */
const SECRET_SENTENCES: Record<string, string> = {
  'given by the model as an argument': 'Takes secrets as arguments from the model',
  'environment variables of the server': 'Shows environment variables of the server',
};

/** What was only tried, in a sandbox where it leads nowhere. */
const TRIED: Record<string, string> = {
  [TRIED_NETWORK]: 'Tried to reach the network while it was asked for its tools',
  [TRIED_PROGRAMS]: 'Started other programs while it was asked for its tools',
  [TRIED_READING]: 'Opened files outside of its package while it was asked for its tools',
  [TRIED_CHANGING]: 'Changed files outside of its own folders while it was asked for its tools',
};

/** The permission as a sentence without its full stop: `Reads files in the directories you name (list_directory, read_file)`. */
export function describePermission({ kind, scope, basis, evidence }: Permission): string {
  const sentence =
    TRIED[scope] ||
    (kind === 'secrets' && basis === 'observed' && `Opened ${scope} while it was asked for its tools`) ||
    (kind === 'secrets' && SECRET_SENTENCES[scope]) ||
    (kind === 'send-out' && SENDS[scope]) ||
    SENTENCES[kind](scope);
  const tools = evidence.filter((source) => !/^(?:server\.json|package) /.test(source));
  if (tools.length === 0) return sentence;
  const named = tools.slice(0, MAX_NAMED).map(shown).join(', ');
  const more = tools.length > MAX_NAMED ? ` and ${tools.length - MAX_NAMED} more` : '';
  return `${sentence} (${named}${more})`;
}
