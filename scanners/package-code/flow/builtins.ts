import { sensitivePlace } from '../text/places.ts';
import type { Call } from './call.ts';
import { DECODERS, decoded } from './decode.ts';
import { assign, elementOf, oneOfAll } from './evaluate.ts';
import { check, type Frame } from './frame.ts';
import { member, withoutEnvironment } from './objects.ts';
import { isCleanField } from './registrations.ts';
import { requestedHost } from './sinks/network.ts';
import { sawEnvironment } from './sinks/watch.ts';
import { memberSymbol, moduleSymbol } from './symbols.ts';
import {
  allSources,
  eitherOf,
  HOLE,
  hasUncheckedArgument,
  joined,
  madeOf,
  symbolValue,
  textValue,
  UNKNOWN,
  unionOf,
  type Value,
  valueWith,
} from './values.ts';

/** Methods whose result is made of their receiver: texts, lists and answers. */
const KEEPS = new Set(
  (
    'trim trimStart trimEnd toString toLowerCase toUpperCase slice substring substr substr split at normalize padStart padEnd ' +
    'strip lstrip rstrip lower upper encode decode splitlines removeprefix removesuffix expandtabs title casefold format_map ' +
    'filter sort reverse flat values entries items concat repeat valueOf copy get pop shift find ' +
    'text json arrayBuffer blob buffer bytes read readlines readline data body content getvalue model_dump dict expanduser absolute ' +
    'resolve as_posix with_suffix with_name joinpath toJSON href'
  ).split(' '),
);
/** Functions whose result is made of their arguments. */
const MAKES =
  /^(?:String|Object|Array|JSON\.(?:stringify|parse)|Object\.(?:assign|values|entries|fromEntries|freeze|create)|Array\.from|structuredClone|Promise\.(?:all|resolve|allSettled|race)|str|repr|bytes|bytearray|list|dict|tuple|set|sorted|reversed|iter|next|json\.(?:dumps|loads|dump)|Buffer\.(?:from|concat)|TextDecoder\(\)\.decode|copy\.(?:copy|deepcopy)|os\.path\.(?:expanduser|expandvars|abspath|realpath|normpath)|path\.(?:normalize|toNamespacedPath)|url\.fileURLToPath|fileURLToPath|Request|Map|URLSearchParams|FormData|Headers|Blob|querystring\.stringify|qs\.stringify|urllib\.parse\.urlencode|textwrap\.dedent|typing\.cast|pathlib\.(?:Path|PurePath|PosixPath)|anyio\.Path|aiopath\.AsyncPath)$/;
const JOINS_PATHS = /^(?:path\.(?:join|resolve)|os\.path\.join|\/|posixpath\.join)$/;
/** What goes in does not come out: numbers, hashes, parts of a path that cannot lead anywhere. */
const DROPS =
  /^(?:parseInt|parseFloat|Number|Boolean|int|float|bool|len|hash|id|isinstance|type|Math\..*|path\.(?:basename|extname|isAbsolute|relative)|os\.path\.(?:basename|splitext|exists|isfile|isdir|isabs|getsize)|crypto\..*|hashlib\..*|uuid\..*|Array\.isArray|Object\.keys|shlex\.quote|shell-quote\.quote|shell-escape|re\.escape|datetime\..*|Date\..*|RegExp|console\..*|print|logging\..*)$/;
/** The same in other letters: no argument breaks out of it, and a secret stays one. */
const ENCODES =
  /^(?:encodeURIComponent|encodeURI|escape|btoa|urllib\.parse\.(?:quote|quote_plus)|base64\.(?:b64encode|urlsafe_b64encode|b32encode|encodebytes)|binascii\.(?:hexlify|b2a_base64|b2a_hex))$/;
const RETURNS_FIRST =
  /^(?:util\.promisify|promisify|__toESM|__importStar|__importDefault|_interopRequire\w*|_interopNamespace\w*|functools\.partial|asyncio\.(?:create_task|ensure_future|wait_for|run|shield)|anyio\.run|Promise\.resolve|Object\.freeze|memoize|cast)$/;
/** A path that is an object: what `pathlib.Path` gives. */
const PATH_OBJECT = 'pathlib.Path()';
const HOME = /^(?:os\.homedir|pathlib\.Path\.home|Path\.home)$/;
const IDENTITY =
  /^(?:os\.(?:hostname|userInfo|networkInterfaces|getlogin|uname)|socket\.(?:gethostname|getfqdn)|getpass\.getuser|platform\.(?:node|uname)|uuid\.getnode)$/;
/** Calls whose answer comes from the network. */
export const REQUESTS =
  /^(?:fetch|node-fetch|cross-fetch|isomorphic-fetch|undici\.(?:fetch|request)|axios(?:\.create\(\))?(?:\.(?:get|post|put|patch|request|delete|head))?|got(?:\.(?:get|post|put|patch|stream|extend))?|ky(?:\.(?:get|post|put))?|needle(?:\.(?:get|post|put))?|superagent\.(?:get|post|put)|request(?:\.(?:get|post|put))?|https?\.(?:get|request)|requests(?:\.(?:Session\(\)|session\(\)))?\.(?:get|post|put|patch|delete|head|request)|httpx(?:\.(?:Async)?Client\(\))?\.(?:get|post|put|patch|delete|head|request|stream)|urllib\.request\.(?:urlopen|urlretrieve|Request)|urllib2\.urlopen|urllib3\.PoolManager\(\)\.request|aiohttp\.ClientSession\(\)\.(?:get|post|put|patch|delete|head|request|ws_connect)|navigator\.sendBeacon|WebSocket|ws|ws\.WebSocket|websockets?\.(?:connect|create_connection)|XMLHttpRequest\(\)\.open|https?\.client\.HTTPS?Connection)$/;

/** The result of a function that is known; null for one that is not. */
export function builtin(call: Call, frame: Frame): Value | null {
  const { symbol, method, receiver, args } = call;
  const [first = UNKNOWN, second = UNKNOWN] = args;
  if (symbol === 'require' || symbol === 'import()' || symbol === '__import__' || symbol === 'importlib.import_module')
    return required(first, frame);
  if (symbol !== null && !symbol.startsWith('?')) {
    if (HOME.test(symbol)) return { ...textValue('~'), symbol: symbol === 'os.homedir' ? null : PATH_OBJECT };
    if (IDENTITY.test(symbol)) return valueWith({ from: [{ kind: 'identity' }] });
    if (JOINS_PATHS.test(symbol)) return joinedPath(args);
    if (symbol === '%') return formatted(first, second);
    if (symbol === 'os.getenv' || symbol === 'os.environ.get' || symbol === 'Deno.env.get')
      return environment(first, second, frame);
    if (symbol === 'process.env' || symbol === 'os.environ') return null;
    if (symbol === 'URL') return second === UNKNOWN ? first : { ...madeOf(args), text: second.text };
    if (DECODERS.test(symbol)) return decoded(call);
    if (/^(?:re\.sub|re\.subn)$/.test(symbol)) return replaced(first, args[2] ?? UNKNOWN, frame);
    if (symbol === 'getattr') return second.text === null ? UNKNOWN : member(first, second.text, frame);
    if (RETURNS_FIRST.test(symbol)) return first;
    if (symbol === 'Object.keys' || symbol === 'Object.getOwnPropertyNames')
      return first.from.some((source) => source.kind === 'environment') ? valueWith({ from: first.from }) : UNKNOWN;
    if (ENCODES.test(symbol)) return encoded(first);
    if (DROPS.test(symbol)) return UNKNOWN;
    if (MAKES.test(symbol)) return made(call);
    if (REQUESTS.test(symbol)) return answer(call);
    const file = sensitiveFile(call);
    if (file !== null) return file;
  }
  if (
    symbol !== null &&
    /^\?(?:__toESM|__importStar|__importDefault|_interopRequire\w*|promisify|\w{0,20}[Pp]romisify)$/.test(symbol)
  )
    return first;
  return method === null ? null : methodResult(call, receiver, method, frame);
}

function required(name: Value, frame: Frame): Value {
  if (name.text === null) return name.from.length > 0 ? madeOf([name]) : UNKNOWN;
  const path = frame.engine.resolve(frame.module, name.text);
  if (path !== null) return frame.engine.moduleValue(path);
  return symbolValue(moduleSymbol(name.text));
}

function joinedPath(args: readonly Value[]): Value {
  const list = args.flatMap((arg) => arg.items ?? [arg]);
  const isObject = list.some(({ symbol }) => symbol === PATH_OBJECT);
  const path = { ...joined(list, '/'), symbol: isObject ? PATH_OBJECT : null };
  return path.text === null ? path : { ...path, text: path.text.replace(/\/{2,}/g, '/').replace(/\/\.\//g, '/') };
}

/** `'… %s' % (a, b)` and `'… {}'.format(a, b)`: the text with the values in their places. */
function formatted(pattern: Value, values: Value): Value {
  const list = values.items ?? [...(values.fields?.values() ?? []), values];
  let next = 0;
  const pieces = (pattern.text ?? HOLE).split(/%(?:\([\w ]{1,40}\))?[-+ #0-9.]{0,8}[sdrfioxX]|\{[^{}]{0,40}\}/);
  const parts = pieces.flatMap((piece, i) => {
    const value = i === 0 ? null : (list[next++] ?? eitherOf(list));
    return [...(value === null ? [] : [value]), textValue(piece)];
  });
  return joined([...parts, ...(pattern.from.length > 0 ? [pattern] : [])]);
}

function environment(name: Value, fallback: Value, frame: Frame): Value {
  if (name.text === null || name.text === '') return UNKNOWN;
  sawEnvironment(name.text, frame);
  return valueWith({
    from: [{ kind: 'environment', name: name.text }],
    isWhole: true,
    text: /^(?:HOME|USERPROFILE)$/.test(name.text) ? '~' : fallback.text,
  });
}

const encoded = (value: Value): Value =>
  valueWith({ from: allSources(value).filter(({ kind }) => kind !== 'argument') });

function made({ symbol, args, named, receiver }: Call): Value {
  const values = [...args, ...named.values()];
  const [first = UNKNOWN] = values;
  const isSame =
    values.length === 1 ||
    /^(?:String|str|Buffer\.from|JSON\.parse|json\.loads|structuredClone|Array\.from|list|url\.fileURLToPath|fileURLToPath|typing\.cast)$/.test(
      symbol ?? '',
    );
  if (/Path$/.test(symbol ?? '') && values.length > 1) return joinedPath(values);
  if (symbol === 'JSON.stringify' || symbol === 'json.dumps') return valueWith({ from: allSources(first) });
  const symbolOf = /(?:Path|PurePath|PosixPath)$/.test(symbol ?? '') ? PATH_OBJECT : null;
  if (isSame) return { ...first, symbol: symbolOf ?? first.symbol };
  const union = madeOf([...values, receiver]);
  const fields = symbol === 'Object.assign' ? new Map(values.flatMap((value) => [...(value.fields ?? [])])) : null;
  return { ...union, fields: fields !== null && fields.size > 0 ? fields : null };
}

const READS_FILE =
  /^(?:fs\.(?:readFile|readFileSync|createReadStream)|open|io\.open|aiofiles\.open|pathlib\.Path\(\)\.(?:read_text|read_bytes|open))$/;

/** What is read from a place of secrets is a secret. */
function sensitiveFile({ symbol, receiver, args }: Call): Value | null {
  if (!READS_FILE.test(symbol ?? '')) return null;
  const { text } = symbol?.startsWith('pathlib') ? receiver : (args[0] ?? UNKNOWN);
  return text !== null && sensitivePlace(text) !== null
    ? valueWith({ from: [{ kind: 'sensitive-file', path: text }] })
    : null;
}

const answer = (call: Call): Value =>
  valueWith({ from: [{ kind: 'remote', host: requestedHost(call) }], symbol: `${call.symbol}()` });

function methodResult(call: Call, receiver: Value, method: string, frame: Frame): Value | null {
  const { args, code } = call;
  const [first = UNKNOWN] = args;
  switch (method) {
    case 'join':
      if (receiver.symbol === CHARACTERS) return { ...receiver, symbol: null };
      return joinedList(receiver, args, frame);
    case 'replace':
    case 'replaceAll':
      if (receiver.symbol === PATH_OBJECT) return null;
      return replaced(first, receiver, frame);
    case 'format':
      return receiver.text === null
        ? null
        : formatted(receiver, valueWith({ items: [...args, ...call.named.values()] }));
    case 'concat':
      return receiver.text !== null || receiver.from.length > 0
        ? joined([receiver, ...args])
        : madeOf([receiver, ...args]);
    case 'split':
      if (first.text === '' && receiver.text !== null) return { ...receiver, symbol: CHARACTERS };
      return split(receiver);
    case 'reverse':
      return receiver.symbol === CHARACTERS ? reversed(receiver) : receiver;
    case 'reversed-text':
      return reversed(receiver);
    case 'push':
    case 'append':
    case 'unshift':
    case 'extend':
    case 'add':
    case 'insert': {
      const owner = code.f.t === 'get' ? code.f.o : null;
      const added = madeOf(args);
      if (owner?.t !== 'name' || (added.from.length === 0 && receiver.items === null)) return UNKNOWN;
      const items = [
        ...(receiver.items ?? []),
        ...args.flatMap((arg) => (method === 'extend' ? (arg.items ?? [arg]) : [arg])),
      ].slice(0, 400);
      assign(
        owner,
        { ...madeOf([receiver, added]), items, symbol: receiver.symbol },
        { ...frame, isConditional: false },
      );
      return UNKNOWN;
    }
    case 'map':
    case 'flatMap':
      return receiver.items !== null || receiver.from.length > 0
        ? { ...madeOf([elementOf(receiver)]), from: unionOf([receiver.from, elementOf(receiver).from]) }
        : null;
    case 'then':
    case 'catch':
    case 'finally':
      return receiver;
    case 'bind':
      return receiver;
    case 'parse':
    case 'safeParse':
    case 'parseAsync':
    case 'model_validate':
    case 'parse_obj':
      return parsed(receiver, first);
    case 'startsWith':
    case 'endsWith':
    case 'includes':
    case 'test':
      return UNKNOWN;
    default:
      break;
  }
  if (!KEEPS.has(method)) return null;
  const environmentKeys = receiver.from.some((source) => source.kind === 'environment' && source.name === null);
  if (method === 'get' && environmentKeys && first.text !== null) return environment(first, args[1] ?? UNKNOWN, frame);
  if (method === 'get' && first.text !== null && (receiver.fields !== null || receiver.from.length > 0))
    return member(receiver, first.text, frame);
  if (method === 'resolve' && receiver.symbol !== PATH_OBJECT) return null;
  if (method === 'joinpath') return joinedPath([receiver, ...args]);
  if (receiver.from.length === 0 && receiver.text === null && receiver.items === null && receiver.instance === null)
    return null;
  if (receiver.instance !== null || receiver.module !== null) return null;
  const keepsText = !/^(?:split|substring|substr|slice|splitlines|values|entries|items|read|get|pop|shift)$/.test(
    method,
  );
  return {
    ...UNKNOWN,
    from: /^(?:get|find|at|pop|shift)$/.test(method)
      ? withoutEnvironment(receiver.from)
      : method === 'filter'
        ? oneOfAll(receiver.from)
        : receiver.from,
    isWhole: receiver.isWhole,
    text: keepsText ? receiver.text : null,
    items: /^(?:filter|sort|reverse|flat|copy)$/.test(method) ? receiver.items : null,
    fields: /^(?:model_dump|dict|copy|then)$/.test(method) ? receiver.fields : null,
    symbol: receiver.symbol === PATH_OBJECT ? receiver.symbol : remoteSymbol(receiver, method),
  };
}

const remoteSymbol = ({ symbol, from }: Value, method: string): string | null =>
  from.some(({ kind }) => kind === 'remote') ? memberSymbol(symbol, `${method}()`) : null;

/** A text taken apart into its letters. */
const CHARACTERS = 'Characters';
const reversed = (value: Value): Value => ({
  ...value,
  text: value.text === null ? null : [...value.text].reverse().join(''),
});

/** The first word of a command that is taken apart is no argument's where the text begins with it. */
function split(receiver: Value): Value | null {
  const first = /^[^\s\0\x01]{1,200}(?=\s)/.exec(receiver.text ?? '')?.[0];
  const rest = valueWith({ from: receiver.from });
  if (first !== undefined && receiver.from.length > 0) return { ...rest, items: [textValue(first), rest] };
  return receiver.from.length > 0 ? { ...rest, isWhole: receiver.isWhole } : null;
}

function joinedList(receiver: Value, args: readonly Value[], { module }: Frame): Value | null {
  const [first = UNKNOWN] = args;
  const [list, glue] = module.language === 'python' ? [first, receiver] : [receiver, first];
  if (list.items === null)
    return list.from.length > 0
      ? valueWith({ from: list.from, text: hasUncheckedArgument(list) ? '\u0001' : null })
      : null;
  return joined(list.items, glue.text ?? (module.language === 'python' ? '' : ','));
}

/** A replacement that leaves only known characters is a check; others change a text and no more. */
function replaced(pattern: Value, text: Value, frame: Frame): Value {
  const regex = pattern.symbol?.startsWith('RegExp:') ? pattern.symbol.slice(7) : pattern.text;
  const isCheck =
    regex !== null &&
    (/\[\^/.test(regex) ||
      /\\\.\\\.|\.\./.test(regex) ||
      /\[[^\]]*[/\\;|&$`'"][^\]]*\]/.test(regex) ||
      /^\\[WD]/.test(regex));
  if (isCheck) check([text], frame);
  return isCheck ? UNKNOWN : { ...text, text: text.from.length > 0 ? null : text.text, isWhole: text.isWhole };
}

/** What a schema lets through: fields of a checked type are checked, texts are what they were. */
function parsed(schema: Value, input: Value): Value {
  if (schema.symbol === 'JSON') return input;
  if (input.from.length === 0) return UNKNOWN;
  const isEnvironment = input.from.some((source) => source.kind === 'environment');
  if (schema.fields === null) return isEnvironment ? UNKNOWN : { ...input, fields: input.fields };
  const fields = new Map<string, Value>();
  for (const [name, field] of schema.fields) {
    const from = input.from.map((source) =>
      source.kind === 'argument' && source.name === null ? { ...source, name } : source,
    );
    const named = from.map((source) =>
      source.kind === 'environment' && source.name === null ? { ...source, name } : source,
    );
    fields.set(name, isCleanField(field) ? UNKNOWN : valueWith({ from: named, isWhole: true }));
  }
  fields.set('data', valueWith({ from: isEnvironment ? [] : input.from, fields: new Map(fields), isWhole: true }));
  return valueWith({ from: isEnvironment ? [] : input.from, isWhole: input.isWhole, fields });
}
