import type { CodeOf } from '../ir.ts';
import { builtin } from './builtins.ts';
import { elementOf, evaluate, keyOf } from './evaluate.ts';
import { check, type Frame } from './frame.ts';
import { member } from './objects.ts';
import { isToolName, registerCall } from './registrations.ts';
import { inspectCall } from './sinks/inspect.ts';
import { type Closure, madeOf, symbolValue, UNKNOWN, type Value, valueWith } from './values.ts';

/** A call as the rules see it: what is called, on what, with what. */
export type Call = {
  code: CodeOf<'call'>;
  callee: Value;
  /** `child_process.exec`; null where nothing is known. */
  symbol: string | null;
  /** The value whose method is called, and the method's name. */
  receiver: Value;
  method: string | null;
  args: Value[];
  named: Map<string, Value>;
};

/** What is looked at with one of these in a condition was checked. */
const LOOKS_AT =
  /^(?:startsWith|startswith|includes|has|test|match|fullmatch|search|is_relative_to|isAbsolute|is_absolute|indexOf|some|every|any|all|relative|count)$/;
/** Functions whose name says that they check or clean what they are given. */
const CHECKS =
  /valid|sanit|escap|quote|allow|whitelist|safe|check|verif|ensure|assert|within|inside|contain|restrict|permit|secure|forbid|denied|deny|block|guard|slugify|authoriz|confin|normalizePath|normalise|parse_?int|is_?subpath|is_?sub_?dir|is_?parent|is_?local|is_?private|is_?public/i;
/** … but these say something else. */
const CHECKS_NOTHING = /^(?:checkout|unescape|unquote|contains?_?text|escapeHtml|escape_html|checkpoint|blockquote)$/i;

export function evaluateCall(code: CodeOf<'call'>, frame: Frame): Value {
  const { f } = code;
  const inTest = frame.isTest ? { ...frame, isTest: false } : frame;
  let receiver = UNKNOWN;
  let method: string | null = null;
  let callee: Value;
  if (f.t === 'get') {
    receiver = evaluate(f.o, inTest);
    method = typeof f.p === 'string' ? f.p : null;
    frame.engine.at = code;
    callee = member(receiver, keyOf(f.p, inTest), frame);
  } else {
    callee = evaluate(f, inTest);
  }
  const args = code.a.map((one) => evaluate(one, inTest));
  const named = new Map(code.named.map(([name, one]) => [name, evaluate(one, inTest)]));
  const call = unbound({ code, callee, symbol: callee.symbol, receiver, method, args, named });

  registerCall(call, frame);
  inspectCall(call, frame);
  noteChecks(call, frame);
  return resultOf(call, frame);
}

/** `exec.call(null, x)`, `exec.apply(null, [x])`, `(0, exec)(x)`. */
function unbound(call: Call): Call {
  if (call.method === 'call' && call.args.length > 0)
    return { ...call, callee: call.receiver, symbol: call.receiver.symbol, args: call.args.slice(1) };
  if (call.method === 'apply' && call.args.length > 0) {
    const list = call.args[1] ?? UNKNOWN;
    return { ...call, callee: call.receiver, symbol: call.receiver.symbol, args: [...(list.items ?? [list])] };
  }
  return call;
}

function noteChecks({ code, callee, symbol, receiver, method, args, named }: Call, frame: Frame): void {
  const name = method ?? (code.f.t === 'name' ? code.f.n : null) ?? symbol;
  if (name === null) return;
  const isLook = frame.isTest && LOOKS_AT.test(name);
  const isCheck =
    CHECKS.test(name) && !CHECKS_NOTHING.test(name) && !/^zod\b/.test(symbol ?? '') && callee.instance === null;
  if (isLook || isCheck) check([...(isLook ? [receiver] : []), ...args, ...named.values()], frame);
}

/** Methods that give their function the elements of a list. */
const ITERATES = /^(?:map|forEach|filter|flatMap|find|findIndex|some|every|sort|reduce|then)$/;
const SPEAKS_LATER = /^(?:on|once|addListener|addEventListener|subscribe|pipe|transform)$/;
/** Names too common for one class of the package to own them. */
const COMMON_METHOD =
  /^(?:get|set|has|add|delete|remove|push|pop|map|filter|then|catch|forEach|find|some|every|join|split|replace|trim|slice|concat|includes|test|exec|match|toString|on|once|emit|send|write|read|end|close|open|log|info|warn|error|debug|call|apply|bind|parse|stringify|keys|values|entries|append|extend|items|format|strip|update|copy|connect|start|stop|tool|resource|prompt|handle|init|constructor)$/;

function resultOf(call: Call, frame: Frame): Value {
  const { callee, symbol, receiver, method, args, named } = call;
  frame.engine.at = call.code;
  const known = builtin(call, frame);
  const callbackResults = [...args, ...named.values()].flatMap((arg) =>
    arg.functions.length > 0 ? [walkCallbacks(arg.functions, call, known ?? UNKNOWN, frame)] : [],
  );
  if (known !== null) {
    // What a function makes of each element comes out of `map`, and of `then`.
    const comesBack = /^(?:map|flatMap|then|reduce)$/.test(method ?? '') ? callbackResults : [];
    if (comesBack.length === 0) return known;
    const made = madeOf([known, ...comesBack]);
    return { ...made, text: comesBack[0]?.text ?? known.text, isWhole: false };
  }
  const closures = callee.functions.length > 0 ? callee.functions : methodsOf(receiver, method, frame);
  if (closures.length > 0) return asSchema(follow(closures, call, frame), call);
  if (callee.instance !== null) return constructed(call, frame);
  // A wrapper such as `withLogging(handler)`: what it gives back does what it was given.
  const wrapped = args.flatMap(({ functions }) => functions).slice(0, 10);
  const result = symbol === null ? null : symbolValue(`${symbol}()`);
  const fields = [...args, ...named.values()].find((arg) => arg.fields !== null)?.fields ?? null;
  return valueWith({ symbol: result?.symbol ?? null, functions: wrapped, fields: isSchema(symbol) ? fields : null });
}

/**
 * In a bundle the functions of a schema library are the package's own and have lost their names: one that is given a list makes
 * a choice of it, one that is given an object of such makes an object of these fields.
 */
function asSchema(result: Value, { args }: Call): Value {
  const [first] = args;
  if (first === undefined || result.from.length > 0 || result.functions.length > 0 || result.text !== null)
    return result;
  if (first.items !== null && first.items.length > 0 && first.from.length === 0)
    return { ...result, symbol: '?.enum()' };
  const isFields = [...(first.fields?.values() ?? [])].some(({ symbol }) => /^(?:\?|zod)/.test(symbol ?? ''));
  return isFields && result.fields === null ? { ...result, fields: first.fields } : result;
}

/** `z.object({…})` and what hangs on it keep their fields. */
const isSchema = (symbol: string | null): boolean =>
  /^(?:zod\b|\?.{0,40}\.)(?:.{0,150}\.)?(?:object|strictObject|looseObject|looseobject)$/.test(symbol ?? '');

function methodsOf(receiver: Value, method: string | null, { engine, phase }: Frame): readonly Closure[] {
  if (method === null || COMMON_METHOD.test(method) || phase !== 'tool') return [];
  if (receiver.symbol !== null && !receiver.symbol.startsWith('?')) return [];
  const only = engine.onlyMethod(method);
  return only === null ? [] : [only];
}

/** Sources worth following into another function. */
const matters = (value: Value): boolean => value.from.length > 0 || value.symbol?.startsWith('@') === true;

function follow(closures: readonly Closure[], { args, named }: Call, frame: Frame): Value {
  const all = [...args, ...named.values()];
  const isWorth = all.some(matters) || frame.phase !== 'other' || all.some(({ functions }) => functions.length > 0);
  if (!isWorth) return closures.length === 1 ? constantOf(closures[0] as Closure) : UNKNOWN;
  const results = closures.map((closure) => frame.engine.call(closure, inOrder(closure, args, named), frame));
  return results.length === 1
    ? (results[0] as Value)
    : { ...madeOf(results), functions: results.flatMap(({ functions }) => functions) };
}

/** What `() => 'https://…'` gives back, without a walk. */
function constantOf({ fn }: Closure): Value {
  const [only] = fn.body;
  if (fn.body.length === 1 && only?.t === 'return' && only.of?.t === 'text') return valueWith({ text: only.of.v });
  return UNKNOWN;
}

/** Python's named arguments, put where the parameters stand; a method's own `self` is left out of the call. */
function inOrder({ fn, module, self }: Closure, args: readonly Value[], named: ReadonlyMap<string, Value>): Value[] {
  const hasSelf = module.language === 'python' && /^(?:self|cls)$/.test(fn.params[0]?.name ?? '');
  const ordered = hasSelf ? [self ?? UNKNOWN, ...args] : [...args];
  for (const [name, value] of named) {
    const i = fn.params.findIndex((parameter) => parameter.name === name);
    if (i >= 0) ordered[i] = value;
  }
  return Array.from(ordered, (value) => value ?? UNKNOWN);
}

/** `new Client(x)`, `Settings(**arguments)`: an instance that has what it was given. */
function constructed({ callee, args, named }: Call, frame: Frame): Value {
  const state = callee.instance;
  if (state === null) return UNKNOWN;
  const initializer = state.methods.get('constructor') ?? state.methods.get('__init__');
  if (initializer !== undefined && frame.phase !== 'other')
    frame.engine.call({ ...initializer, self: callee }, inOrder(initializer, args, named), frame);
  const given = madeOf([...args, ...named.values()]);
  const isModel = initializer === undefined && given.from.length > 0;
  if (!isModel) return callee;
  // A model of its fields (pydantic, dataclass): types that are no text are checked by it.
  return { ...given, fields: named.size > 0 ? named : null, isWhole: args.some(({ isWhole }) => isWhole) };
}

function walkCallbacks(closures: readonly Closure[], call: Call, result: Value, frame: Frame): Value {
  const { method, receiver, symbol } = call;
  if (isToolName(method)) return UNKNOWN;
  const given =
    method !== null && ITERATES.test(method)
      ? method === 'then'
        ? receiver
        : elementOf(receiver)
      : method !== null && SPEAKS_LATER.test(method)
        ? valueWith({ from: receiver.from })
        : result.from.some(({ kind }) => kind === 'remote')
          ? result
          : UNKNOWN;
  const runsAlways =
    /^(?:setTimeout|setImmediate|setInterval|queueMicrotask|process\.nextTick|threading\.(?:Thread|Timer)|multiprocessing\.Process|atexit\.register|asyncio\.to_thread)$/.test(
      symbol ?? '',
    );
  const results = closures.slice(0, 10).map((closure) => {
    const args = method === 'reduce' ? [UNKNOWN, given] : [given, UNKNOWN, UNKNOWN];
    return runsAlways && frame.phase !== 'other'
      ? frame.engine.call(closure, [], frame)
      : frame.engine.callback(closure, args, frame);
  });
  return madeOf(results).from.length > 0 || results.length !== 1 ? madeOf(results) : (results[0] as Value);
}
