import { BEACON, HIDDEN_CODE, SECRETS_SENT, SSRF, UNDISCLOSED_HOST } from '../../rules.ts';
import { addressOf, isDropAddress, isDropHost, isNowhere, wordsOf } from '../../text/hosts.ts';
import { SECRET_WORDS } from '../../text/places.ts';
import { REQUESTS } from '../builtins.ts';
import type { Call } from '../call.ts';
import { type Frame, uncheckedArguments } from '../frame.ts';
import { joined, madeOf, ONE_OF_ALL, sourcesOf, TAINT, UNKNOWN, type Value } from '../values.ts';
import { capital } from './command.ts';
import { isOpen, saysArgument, toolOf } from './inspect.ts';

const SOCKETS =
  /^(?:net\.(?:connect|createConnection)|tls\.connect|net\.Socket\(\)\.connect|socket\.socket\(\)\.connect|socket\.create_connection|dns\.(?:lookup|resolve\w*)|socket\.gethostbyname|dgram\.\w+\(\)\.send)$/;
/** Data given to a connection that was opened before. */
const WRITES =
  /^(?:https?\.request\(\)|net\.\w+\(\)|tls\.connect\(\)|WebSocket\(\)|ws(?:\.WebSocket)?\(\)|socket\.socket\(\)|dgram\.\w+\(\)|navigator)\.(?:write|end|send|sendall|sendto|sendBeacon)$/;
const METHOD_FIRST =
  /(?:^requests(?:\.\w+\(\))?\.request|^httpx(?:\.\w+\(\))?\.(?:request|stream)|ClientSession\(\)\.request|XMLHttpRequest\(\)\.open|PoolManager\(\)\.request)$/;

const OPEN_ADDRESS = {
  argument:
    /\b(?:url|urls|uri|uris|link|links|href|endpoint|address|site|website|web|page|pages|host|hostname|domain|feed|webhook|server|image|images|source|src|file|path|base|origin|target|location|ref|repo|repository|document|id)\b/,
  tools: /\b(?:fetch|http|request|web|url|browse|crawl|scrape|download|navigate|curl|page|link|api)\b/,
};

export function inspectRequest(call: Call, frame: Frame): void {
  const symbol = call.symbol ?? '';
  const data = madeOf(
    [...call.args, ...call.named.values()].map((value) => ({ ...UNKNOWN, from: sourcesOfAll(value) })),
  );
  if (WRITES.test(symbol)) sawData(call, data, sourcesOf(call.receiver, 'remote')[0]?.host ?? null, '', frame);
  const isSocket = SOCKETS.test(symbol);
  if (!isSocket && !REQUESTS.test(symbol)) return;
  const url = addressValue(call, isSocket);
  const text = url.text ?? '';
  const { host, isArgument, isAddress } = isSocket ? socketAddress(text) : addressOf(url.text);

  sawArguments(call, url, { isArgument, isAddress }, frame);
  const { engine, module } = frame;
  if (host === null) engine.record.power(module, call.code, 'contacts', '');
  else if (!isNowhere(host)) engine.record.power(module, call.code, 'contacts', host);
  sawHiddenAddress(call, url, host, frame);
  sawData(call, data, host, text, frame);
}

function sawData(call: Call, data: Value, host: string | null, address: string, frame: Frame): void {
  const isTheft = sawSecrets(call, data, host, address, frame);
  if (!isTheft && host !== null && !isNowhere(host)) sawHost(call, data, host, address, frame);
}

/** The host that a request goes to; null where it is chosen at run time. */
export const requestedHost = (call: Call): string | null => addressOf(addressValue(call, false).text).host;

const sourcesOfAll = (value: Value) => [
  ...sourcesOf(value, 'environment'),
  ...sourcesOf(value, 'sensitive-file'),
  ...sourcesOf(value, 'identity'),
  ...sourcesOf(value, 'argument'),
];

function addressValue({ args, named, symbol }: Call, isSocket: boolean): Value {
  const [first = UNKNOWN, second = UNKNOWN] = args;
  if (isSocket) {
    const pair = first.items?.[0];
    const options = first.fields ?? second.fields;
    return (
      pair ?? options?.get('host') ?? options?.get('hostname') ?? (first.symbol?.startsWith('Number:') ? second : first)
    );
  }
  const given = named.get('url') ?? (METHOD_FIRST.test(symbol ?? '') ? second : first);
  if (given.fields === null) return given;
  const field = (name: string) => given.fields?.get(name);
  const base = field('baseURL') ?? field('baseUrl');
  const whole = field('url') ?? field('uri') ?? field('href');
  if (whole !== undefined)
    return base === undefined || /^https?:/.test(whole.text ?? '') ? whole : joined([base, whole]);
  if (base !== undefined) return base;
  const host = field('hostname') ?? field('host');
  return host === undefined ? UNKNOWN : joined([{ ...UNKNOWN, text: 'https://' }, host]);
}

function socketAddress(text: string): ReturnType<typeof addressOf> {
  const { host } = addressOf(`tcp://${text}`);
  return { host, isArgument: text.includes(TAINT), isAddress: text !== '' };
}

function sawArguments(
  call: Call,
  url: Value,
  { isArgument, isAddress }: { isArgument: boolean; isAddress: boolean },
  frame: Frame,
): void {
  const unchecked = uncheckedArguments({ ...url, fields: null, items: null }, frame);
  const [source] = unchecked;
  const decides = isArgument || url.text === null || url.isWhole;
  if (source === undefined || !decides) return;
  const { engine, module } = frame;
  const isWhole = url.isWhole || url.text?.startsWith(TAINT) === true;
  if ((isWhole && unchecked.some((one) => isOpen(one, frame, OPEN_ADDRESS))) || url.text === null || !isAddress) {
    engine.record.power(module, call.code, 'contacts-any', '');
    return;
  }
  engine.record.sighting(module, call.code, {
    ruleId: SSRF.id,
    message: `${capital(saysArgument(source, frame))} decides which host is asked, without a check that could be seen.`,
    tool: toolOf(source, frame),
    argument: source.name,
  });
}

function sawHiddenAddress({ code }: Call, url: Value, host: string | null, { engine, module, tool }: Frame): void {
  const hidden = url.from.find((source) => source.kind === 'decoded');
  if (hidden?.kind !== 'decoded') return;
  const message = `The address${host === null ? '' : ` (${host})`} that is contacted is hidden by an encoding.`;
  engine.record.sighting(module, code, {
    ruleId: HIDDEN_CODE.id,
    message,
    tool,
    argument: null,
    decoded: hidden.sample,
    severity: 'high',
  });
}

/** Names of variables that belong to somebody: their secret has no business at another host. */
const OWNED =
  /^(AWS|GITHUB|GH|GITLAB|NPM|PYPI|OPENAI|ANTHROPIC|GOOGLE|GCP|AZURE|SLACK|STRIPE|TWILIO|SENDGRID|DOCKER|HEROKU|CLOUDFLARE|DATABASE|POSTGRES|MYSQL|MONGO|REDIS|SSH|KUBE|VAULT|HF|HUGGINGFACE|DISCORD|TELEGRAM|NOTION|LINEAR|JIRA|ATLASSIAN|SUPABASE|VERCEL)_/;

/** Everything of the environment, files of secrets, or secrets of several owners in one request. Returns whether it was. */
function sawSecrets({ code }: Call, data: Value, host: string | null, address: string, frame: Frame): boolean {
  const { engine, module, tool } = frame;
  const found =
    secretsIn(data, host, engine.harvesting.has(module.path)) ?? foreignSecretIn(data, host, address, frame);
  if (found === null) return false;
  const where = host ?? 'a host that is chosen at run time';
  const { says, ...more } = found;
  const message = `${says} sent to ${where}${more.unlessNamed ? ', which nothing that describes the server names' : ''}.`;
  engine.record.sighting(module, code, { ruleId: SECRETS_SENT.id, message, tool, argument: null, ...more });
  return true;
}

type SecretsFound = { says: string; unlessNamed?: string[] };

const secretNames = (data: Value): string[] =>
  sourcesOf(data, 'environment').flatMap(({ name }) => (name !== null && SECRET_WORDS.test(name) ? [name] : []));
const ownersOf = (names: readonly string[]): Set<string> =>
  new Set(names.flatMap((name) => OWNED.exec(name)?.[1] ?? []));
const MANY_OWNERS = 3;

function secretsIn(data: Value, host: string | null, isHarvesting: boolean): SecretsFound | null {
  const says = host === null || !isNowhere(host);
  if (!says) return null;
  if (sourcesOf(data, 'environment').some(({ name }) => name === null))
    return { says: 'All variables of the environment are' };
  if (isHarvesting && sourcesOf(data, 'environment').some(({ name }) => name === ONE_OF_ALL))
    return { says: 'Variables of the environment that sound like secrets are' };
  const [file] = sourcesOf(data, 'sensitive-file');
  if (file !== undefined) return { says: `What ${file.path.replace(/[\0\x01]/g, '…')} holds is` };
  const names = secretNames(data);
  return ownersOf(names).size >= MANY_OWNERS
    ? { says: `Secrets of several owners (${names.slice(0, 4).join(', ')}) are` }
    : null;
}

/** A secret that goes to a host it does not belong to. */
function foreignSecretIn(data: Value, host: string | null, address: string, { engine }: Frame): SecretsFound | null {
  const names = secretNames(data);
  const [secret] = names;
  if (secret === undefined || host === null || isNowhere(host)) return null;
  const words = wordsOf(host);
  if (engine.isNamed(words)) return null;
  const [owner] = [...ownersOf(names)];
  const isForeign =
    owner !== undefined && !/^(?:GH|GCP|HF|SSH|DATABASE)$/.test(owner) && !host.includes(owner.toLowerCase());
  return isDrop(host, address) || isForeign ? { says: `The secret ${secret} is`, unlessNamed: words } : null;
}

const isDrop = (host: string, address: string): boolean => isDropHost(host) || isDropAddress(address);

/** A host that neither package nor tools name, contacted without being asked or with what is nobody's business. */
function sawHost({ code }: Call, data: Value, host: string, address: string, frame: Frame): void {
  const { engine, module, tool, phase, isConditional, unused } = frame;
  const words = wordsOf(host);
  if (engine.isNamed(words)) return;
  const isUnasked = phase === 'install' || (phase === 'load' && !isConditional);
  const isUnused = phase === 'tool' && unused.has(code);
  const beacon = beaconIn(data, { isDrop: isDrop(host, address), isUnasked, isUnused });
  const common = { tool, argument: null, unlessNamed: words };
  if (beacon !== null) {
    const message = `${beacon.says} sent to ${host}, which nothing that describes the server names.`;
    engine.record.sighting(module, code, { ruleId: BEACON.id, message, ...common, ...beacon.more });
    return;
  }
  if (!isUnasked && !isUnused && !isDrop(host, address)) return;
  const when = phase === 'install' ? ' during installation' : isUnasked ? ' as soon as the server starts' : '';
  engine.record.sighting(module, code, {
    ruleId: UNDISCLOSED_HOST.id,
    message: `${host} is contacted${when}; nothing that describes the server names it.`,
    ...common,
    ...(isDrop(host, address) ? { severity: 'medium' } : {}),
  });
}

type Circumstances = { isDrop: boolean; isUnasked: boolean; isUnused: boolean };

function beaconIn(
  data: Value,
  { isDrop, isUnasked, isUnused }: Circumstances,
): { says: string; more: { severity?: 'medium' } } | null {
  const isIdentity = sourcesOf(data, 'identity').length > 0;
  const fromTool = sourcesOf(data, 'argument').length > 0;
  if (isIdentity && (isDrop || isUnasked || isUnused))
    return { says: 'The name of the machine or of its user is', more: {} };
  if (fromTool && isDrop) return { says: 'What a tool is given is', more: {} };
  if (fromTool && isUnused) return { says: 'What a tool is given is also', more: { severity: 'medium' } };
  return null;
}
