import type { Code, CodeOf } from '../ir.ts';
import { evaluateCall } from './call.ts';
import { check, type Frame } from './frame.ts';
import { declareClass, declareFunction, member } from './objects.ts';
import { registerObject } from './registrations.ts';
import { exported } from './scope.ts';
import { sawAssignment, sawComparison, sawObject, sawText } from './sinks/watch.ts';
import { isGlobal, moduleSymbol } from './symbols.ts';
import {
  eitherOf,
  joined,
  madeOf,
  ONE_OF_ALL,
  type Source,
  symbolValue,
  textValue,
  UNKNOWN,
  type Value,
  valueWith,
} from './values.ts';

/** Goes through statements in order. */
export function run(statements: readonly Code[], frame: Frame): void {
  for (const statement of statements) hoist(statement, frame);
  for (const statement of statements) evaluate(statement, frame);
}

/** Functions are there before the statements run. */
function hoist(statement: Code, frame: Frame): void {
  if (frame.module.language !== 'javascript') return;
  if (statement.t === 'assign' && statement.isDeclared && statement.v.t === 'function' && statement.to.t === 'name')
    frame.scope.declare(statement.to.n, declareFunction(statement.v.fn, frame));
}

export function evaluate(code: Code, frame: Frame): Value {
  if (!frame.engine.step(frame)) return UNKNOWN;
  switch (code.t) {
    case 'text':
      sawText(code, frame);
      return textValue(code.v);
    case 'constant':
      return code.v === true
        ? { ...UNKNOWN, isTrue: true }
        : typeof code.v === 'number'
          ? numberValue(code.v)
          : UNKNOWN;
    case 'regex':
      return valueWith({ symbol: `RegExp:${code.v.slice(0, 150)}` });
    case 'name':
      return lookup(code.n, frame);
    case 'this':
      return frame.self ?? UNKNOWN;
    case 'get': {
      const owner = evaluate(code.o, frame);
      const key = keyOf(code.p, frame);
      frame.engine.at = code;
      return member(owner, key, frame);
    }
    case 'call':
      return evaluateCall(code, frame);
    case 'join':
      return joined(code.parts.map((part) => evaluate(part, frame)));
    case 'list':
      return listOf(code.of.map((one) => evaluate(one, frame)));
    case 'object':
      return objectOf(code, frame);
    case 'function':
      return declareFunction(code.fn, frame);
    case 'class':
      return declareClass(code.c, frame);
    case 'either':
      return eitherOf(code.of.map((one) => evaluate(one, conditional(frame))));
    case 'if':
      return branch(code, frame);
    case 'test':
      return compare(code, frame);
    case 'assign': {
      const value = evaluate(code.v, frame);
      assign(code.to, value, frame);
      return value;
    }
    case 'sequence': {
      let last = UNKNOWN;
      for (const one of code.of) last = evaluate(one, frame);
      return last;
    }
    case 'spread':
    case 'await':
      return evaluate(code.of, frame);
    case 'do':
      for (let call = innerCall(code.of); call !== null; call = nextInChain(call)) frame.unused.add(call);
      evaluate(code.of, frame);
      return UNKNOWN;
    case 'return':
      if (code.of !== null) frame.returns.push(evaluate(code.of, frame));
      return UNKNOWN;
    case 'throw':
      if (code.of !== null) evaluate(code.of, frame);
      return UNKNOWN;
    case 'loop':
      return loop(code, frame);
    case 'switch':
      return choose(code, frame);
    case 'try':
      run(code.body, frame);
      run(code.others, conditional(frame));
      return UNKNOWN;
    case 'import':
      importNames(code, frame);
      return UNKNOWN;
    case 'export': {
      const { of, name } = code;
      if (of.t === 'name') frame.module.exports.set(name, () => frame.module.scope.find(of.n) ?? UNKNOWN);
      else frame.module.exports.set(name, evaluate(of, frame));
      return UNKNOWN;
    }
    case 'reexport': {
      const path = frame.engine.resolve(frame.module, code.from);
      if (path !== null) {
        frame.engine.evaluateModule(path);
        frame.module.reexports.push(path);
      }
      return UNKNOWN;
    }
    default:
      return UNKNOWN;
  }
}

const conditional = (frame: Frame): Frame => (frame.isConditional ? frame : { ...frame, isConditional: true });

/** Numbers matter as character codes only. */
const numberValue = (v: number): Value => valueWith({ symbol: `Number:${v}` });

function lookup(name: string, frame: Frame): Value {
  const found = frame.scope.find(name);
  if (found !== undefined) return found;
  return symbolValue(isGlobal(name, frame.module.language) ? name : `?${name}`);
}

/** The key of a member access: a name, or a value where it is computed and not constant. */
export const keyOf = (p: string | Code, frame: Frame): string | Value => {
  if (typeof p === 'string') return p;
  const value = evaluate(p, frame.isTest ? { ...frame, isTest: false } : frame);
  return value.text !== null && !/[\0\x01]/.test(value.text) ? value.text : value;
};

function listOf(items: Value[]): Value {
  const made = madeOf(items);
  return { ...made, items: items.slice(0, 400) };
}

function objectOf(code: CodeOf<'object'>, frame: Frame): Value {
  const fields = new Map<string, Value>();
  const all: Value[] = [];
  for (const [key, of] of code.props) {
    const value = evaluate(of, frame);
    all.push(value);
    if (key !== null) fields.set(key, value);
    else for (const [name, field] of value.fields ?? []) fields.set(name, field);
  }
  const made: Value = { ...madeOf(all), fields };
  sawObject(code, made, frame);
  registerObject(made, frame);
  return made;
}

function branch(code: CodeOf<'if'>, frame: Frame): Value {
  evaluate(code.test, { ...frame, isTest: true });
  const inner = conditional(frame);
  if (code.isExpression) {
    const values = [...code.yes, ...code.no].map((one) =>
      evaluate(one, frame.isTest ? { ...inner, isTest: true } : inner),
    );
    return eitherOf(values);
  }
  const named = toolNamedBy(code.test, frame);
  run(code.yes, named === null ? inner : { ...inner, tool: named });
  run(code.no, inner);
  return UNKNOWN;
}

/** `if (name === 'read_file')` in the handler of all tools. */
function toolNamedBy(test: Code, frame: Frame): string | null {
  if (test.t !== 'test' || !/^={2,3}$/.test(test.op)) return null;
  const values = test.of.map((one) => evaluate(one, { ...frame, isTest: false }));
  return values.some(({ symbol }) => symbol === '@tool-name') ? (values.find(({ text }) => text)?.text ?? null) : null;
}

function compare(code: CodeOf<'test'>, frame: Frame): Value {
  const values = code.of.map((one) => evaluate(one, frame));
  sawComparison(code, values, frame);
  if (frame.isTest && /^(?:not )?in$/.test(code.op)) check(values, frame);
  // Python's `|`, `-` and the like on texts are rare; what is put in does not come out.
  return UNKNOWN;
}

function loop(code: CodeOf<'loop'>, frame: Frame): Value {
  const inner = conditional(frame);
  if (code.over !== null) {
    const over = evaluate(code.over, frame);
    // Without a condition inside, all elements are taken.
    const isPicking = code.body.some((one) => one.t === 'if' || (one.t === 'do' && one.of.t === 'if'));
    const element = elementOf(over);
    if (code.to !== null)
      assign(code.to, isPicking || code.body.length === 0 ? element : { ...element, from: over.from }, inner);
  }
  if (code.test !== null) evaluate(code.test, { ...inner, isTest: true });
  run(code.body, inner);
  return UNKNOWN;
}

/** Lists of numbers this long that become text are a way to hide it. */
const MIN_CODES = 24;

/** Some of the variables of the environment are not all of them. */
export const oneOfAll = (from: readonly Source[]): readonly Source[] =>
  from.some((source) => source.kind === 'environment' && source.name === null)
    ? from.map((source) =>
        source.kind === 'environment' && source.name === null ? { ...source, name: ONE_OF_ALL } : source,
      )
    : from;

/** One element of a list, whichever. */
export function elementOf(list: Value): Value {
  if (list.items === null || list.items.length === 0)
    return valueWith({ from: oneOfAll(list.from), isWhole: list.isWhole });
  const isCodes = list.items.length >= MIN_CODES && list.items.every(({ symbol }) => symbol?.startsWith('Number:'));
  if (isCodes) return valueWith({ from: [{ kind: 'decoded', sample: `${list.items.length} character codes` }] });
  return eitherOf(list.items.slice(0, 50));
}

function choose(code: CodeOf<'switch'>, frame: Frame): Value {
  const on = evaluate(code.on, frame);
  let fallsFrom: string | null = null;
  for (const { tests, body } of code.cases) {
    const text = tests.map((one) => evaluate(one, frame)).find((value) => value.text)?.text ?? null;
    const named: string | null = text ?? fallsFrom;
    const tool = on.symbol === '@tool-name' ? named : frame.tool;
    fallsFrom = body.length === 0 ? named : null;
    run(body, { ...frame, isConditional: true, tool });
  }
  return UNKNOWN;
}

export function assign(to: Code, value: Value, frame: Frame): void {
  switch (to.t) {
    case 'name':
      frame.scope.assign(to.n, value, !frame.isConditional);
      return;
    case 'unpack':
      frame.engine.at = to;
      for (const [key, target] of to.props) assign(target, key === null ? UNKNOWN : member(value, key, frame), frame);
      if (to.rest !== null) assign(to.rest, value, frame);
      return;
    case 'unpack-list':
      for (const [i, target] of to.of.entries()) assign(target, value.items?.[i] ?? elementOf(value), frame);
      return;
    case 'get':
      setMember(to, value, frame);
      return;
    default:
      return;
  }
}

function setMember(to: CodeOf<'get'>, value: Value, frame: Frame): void {
  const key = keyOf(to.p, frame);
  sawAssignment(to, typeof key === 'string' ? key : null, value, frame);
  if (typeof key === 'string' && to.o.t === 'name' && to.o.n === 'exports') {
    frame.module.exports.set(key, value);
    return;
  }
  if (
    to.o.t === 'get' &&
    to.o.p === 'exports' &&
    to.o.o.t === 'name' &&
    to.o.o.n === 'module' &&
    typeof key === 'string'
  ) {
    frame.module.exports.set(key, value);
    return;
  }
  if (to.o.t === 'name' && to.o.n === 'module' && key === 'exports') {
    frame.module.exports.set('default', value);
    for (const [name, field] of value.fields ?? []) frame.module.exports.set(name, field);
    return;
  }
  const owner = evaluate(to.o, frame);
  if (owner.instance !== null && typeof key === 'string') {
    const { fields } = owner.instance;
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : eitherOf([value, before]));
    return;
  }
  if (to.o.t !== 'name' || value.from.length === 0) return;
  const fields = new Map(owner.fields ?? []);
  if (typeof key === 'string') fields.set(key, value);
  frame.scope.assign(to.o.n, { ...owner, from: madeOf([owner, value]).from, fields }, !frame.isConditional);
}

function importNames(code: CodeOf<'import'>, frame: Frame): void {
  const { engine, module, scope } = frame;
  const path = engine.resolve(module, code.from);
  if (path !== null) engine.evaluateModule(path);
  for (const [imported, local] of code.names) {
    if (path === null) {
      const inner = engine.resolve(module, `${code.from}${code.from.endsWith('.') ? '' : '.'}${imported}`);
      scope.declare(
        local,
        inner !== null && module.language === 'python' ? engine.moduleValue(inner) : externalValue(code.from, imported),
      );
      continue;
    }
    const target = engine.evaluateModule(path);
    if (target === null) continue;
    if (imported === '*') {
      scope.declare(local, valueWith({ module: target }));
      continue;
    }
    const child = module.language === 'python' ? engine.resolve(target, `.${imported}`) : null;
    // Packages import from themselves, and modules in circles: a name that is being looked up is not known yet.
    let isLooking = false;
    scope.declare(local, () => {
      if (isLooking) return UNKNOWN;
      isLooking = true;
      try {
        const value = exported(target, imported, (one) => engine.evaluateModule(one));
        return value === UNKNOWN && child !== null ? engine.moduleValue(child) : value;
      } finally {
        isLooking = false;
      }
    });
  }
}

function externalValue(from: string, imported: string): Value {
  const symbol = moduleSymbol(from);
  return symbolValue(imported === '*' || imported === 'default' ? symbol : `${symbol}.${imported}`);
}

/** The call whose result a statement drops: below `await`, `.then(…)`, `.catch(…)`, `void`. */
function innerCall(code: Code): CodeOf<'call'> | null {
  if (code.t === 'await' || code.t === 'spread') return innerCall(code.of);
  if (code.t === 'test' && code.of[0] !== undefined) return innerCall(code.of[0]);
  return code.t === 'call' ? code : null;
}

function nextInChain({ f }: CodeOf<'call'>): CodeOf<'call'> | null {
  return f.t === 'get' && typeof f.p === 'string' && /^(?:then|catch|finally|end|unref)$/.test(f.p)
    ? innerCall(f.o)
    : null;
}
