import type { PermissionKind } from '../types.ts';

/** What a verb at the head of a tool's name says the tool does. Upload and comment change something and send something out. */
const VERBS: Record<Exclude<PermissionKind, 'run-code' | 'secrets'>, string> = {
  read:
    'get list read search find fetch query show describe view browse lookup check count download inspect analyze analyse ' +
    'summarize watch status retrieve compare explain extract validate verify monitor scan preview resolve select filter scrape ' +
    'crawl screenshot snapshot detect calculate convert translate parse load open navigate history info exists peek head tail ' +
    'grep glob diff log logs ask estimate recall tree',
  change:
    'create update delete write edit add remove set move rename insert put patch modify replace clear reset start stop restart ' +
    'kill enable disable merge close assign unassign apply install uninstall drop commit push fork upsert save store mark toggle ' +
    'archive unarchive restore import upload approve reject cancel schedule register unregister lock unlock pause resume rollback ' +
    'scale deploy provision attach detach link unlink grant revoke append copy make build generate click type press fill drag ' +
    'resize truncate purge transfer pay refund buy sell trade mint sync remember forget control turn play order complete call checkout',
  'send-out':
    'send post publish email notify tweet share forward broadcast submit reply comment message webhook dial sms announce invite upload',
};

const KINDS_OF_VERB: ReadonlyMap<string, readonly PermissionKind[]> = (() => {
  const kinds = new Map<string, PermissionKind[]>();
  for (const [kind, verbs] of Object.entries(VERBS)) {
    for (const verb of verbs.split(' ')) kinds.set(verb, [...(kinds.get(verb) ?? []), kind as PermissionKind]);
  }
  return kinds;
})();

/** The kinds a word stands for as a verb, in its base form or with an s; [] when it is none of the known verbs. */
export function kindsOfVerb(word: string): readonly PermissionKind[] {
  return (
    KINDS_OF_VERB.get(word) ??
    KINDS_OF_VERB.get(word.replace(/s$/, '')) ??
    KINDS_OF_VERB.get(word.replace(/es$/, '')) ??
    []
  );
}

/** Things a tool may be about, the first that fits: the noun phrase of a scope, and the words that give it away. */
const SCOPES: readonly { scope: string; words: ReadonlySet<string> }[] = [
  ['files', 'file files directory directories folder folders filesystem'],
  ['e-mail', 'email emails mail mails inbox mailbox gmail draft drafts'],
  ['calendars', 'calendar calendars meeting meetings appointment'],
  [
    'messages and chats',
    'message messages chat chats channel channels slack discord teams sms thread threads dm conversation conversations',
  ],
  [
    'repositories',
    'repo repos repository repositories branch branches commit commits git pull pr prs release releases gist',
  ],
  [
    'issues and tickets',
    'issue issues ticket tickets task tasks todo todos story stories sprint epic bug bugs jira card cards',
  ],
  [
    'databases',
    'sql database databases db table tables schema schemas collection collections column columns row rows query postgres mysql mongo redis',
  ],
  [
    'web pages',
    'url urls web page pages webpage website site html browser crawl scrape http link links tab tabs element',
  ],
  [
    'containers and clusters',
    'container containers pod pods cluster clusters namespace namespaces deployment deployments kubernetes kubectl helm docker',
  ],
  ['cloud resources', 'bucket buckets instance instances vm lambda stack stacks'],
  [
    'payments and money',
    'payment payments invoice invoices charge refund wallet balance transaction transactions transfer order orders',
  ],
  ['users and access', 'user users role roles permission permissions member members account accounts policy policies'],
  [
    'notes and memory',
    'memory memories note notes entity entities relation relations observation observations knowledge graph',
  ],
  ['documents', 'document documents sheet sheets spreadsheet slide slides presentation pdf workbook worksheet'],
  ['the screen, mouse and keyboard', 'screen screenshot mouse keyboard desktop click'],
  ['devices', 'device devices light lights sensor sensors camera phone simulator emulator'],
  ['logs and metrics', 'log logs metric metrics trace traces alert alerts dashboard dashboards incident incidents'],
].map(([scope, words]) => ({ scope: scope as string, words: new Set((words as string).split(' ')) }));

/** The scope that the words of a name point at, or null. */
export const scopeOfWords = (words: readonly string[]): string | null =>
  SCOPES.find((entry) => words.some((word) => entry.words.has(word)))?.scope ?? null;

/** Scopes that say by themselves how something is sent. */
export const SENT_BY_NAME: ReadonlySet<string> = new Set([
  'e-mail',
  'messages and chats',
  'issues and tickets',
  'repositories',
  'calendars',
]);
