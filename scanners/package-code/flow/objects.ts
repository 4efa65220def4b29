import type { ClassCode, FunctionCode } from '../ir.ts';
import { evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { registerClass, registerDecorated } from './registrations.ts';
import { exported } from './scope.ts';
import { sawEnvironment } from './sinks/watch.ts';
import { memberSymbol } from './symbols.ts';
import {
  type ClassState,
  type Closure,
  eitherOf,
  isEnvironment,
  ONE_OF_ALL,
  type Source,
  symbolValue,
  UNKNOWN,
  type Value,
  valueWith,
} from './values.ts';

export function declareFunction(fn: FunctionCode, frame: Frame): Value {
  const closure: Closure = { fn, scope: frame.scope, module: frame.module, self: frame.self };
  frame.engine.later(closure);
  if (fn.decorators.length > 0) registerDecorated(closure, frame);
  return valueWith({ functions: [closure] });
}

export function declareClass(c: ClassCode, frame: Frame): Value {
  const parents = c.parents.map((parent) => evaluate(parent, frame));
  const state: ClassState = { c, methods: new Map(), fields: new Map(), parents };
  const symbol = parents.find((parent) => parent.symbol !== null)?.symbol ?? null;
  const self = valueWith({ instance: state });
  if (c.name !== null) frame.scope.declare(c.name, self);
  for (const { name, fn } of c.methods) {
    const closure: Closure = { fn, scope: frame.scope, module: frame.module, self };
    state.methods.set(name, closure);
    frame.engine.later(closure);
    if (fn.decorators.length > 0) registerDecorated(closure, frame);
  }
  for (const { name, v } of c.fields) state.fields.set(name, evaluate(v, { ...frame, self }));
  frame.engine.noteMethods(state);
  registerClass(state, symbol, frame);
  return self;
}

/** `owner.key`; `key` is a value where it is computed. */
export function member(owner: Value, key: string | Value, frame: Frame): Value {
  if (typeof key !== 'string') return computedMember(owner, key);
  const own = owner.fields?.get(key);
  if (own !== undefined) return own;
  if (owner.instance !== null) {
    const found = instanceMember(owner.instance, key);
    if (found !== null) return found;
  }
  if (owner.module !== null) return exported(owner.module, key, (path) => frame.engine.evaluateModule(path));
  if (owner.symbol === '@request') return requestMember(key, frame);
  if (owner.symbol === '@arguments-holder' && key === 'arguments') return argumentsOf(frame.tool);
  const environment = owner.from.some((source) => source.kind === 'environment' && source.name === null);
  if (environment && (isEnvironment(owner.symbol) || owner.symbol === null)) {
    if (
      !/^(?:get|copy|items|keys|values|filter|map|reduce|forEach|length|entries|toString|pop|setdefault)$/.test(key)
    ) {
      sawEnvironment(key, frame);
      return valueWith({
        from: [{ kind: 'environment', name: key }],
        isWhole: true,
        ...(/^(?:HOME|USERPROFILE)$/.test(key) ? { text: '~' } : {}),
      });
    }
  }
  const from = owner.from.map((source) =>
    source.kind === 'argument' && source.name === null ? { ...source, name: key } : source,
  );
  const symbol = memberSymbol(owner.symbol, key);
  if (isEnvironment(symbol)) return symbolValue(symbol as string);
  const items = key === 'shape' || key === 'default' ? owner.items : null;
  const fields = key === 'shape' || key === 'default' ? owner.fields : null;
  if (from.length === 0 && symbol === null && fields === null) return UNKNOWN;
  return valueWith({ from, isWhole: owner.isWhole, symbol, fields, items });
}

/** All variables of the environment, their names, or some picked among all. */
export const isOfEnvironment = ({ from }: Value): boolean =>
  from.some((source) => source.kind === 'environment' && (source.name === null || source.name === ONE_OF_ALL));

/** One variable, whichever, is not all of them. */
export const withoutEnvironment = (from: readonly Source[]): readonly Source[] =>
  from.filter((source) => source.kind !== 'environment' || source.name !== null);

/** What a key that is not known picks: any of the functions of a table, or a value that was looked up and so is one of ours. */
function computedMember(owner: Value, key: Value): Value {
  const iteratesEnvironment = isOfEnvironment(key);
  if (isEnvironment(owner.symbol)) return iteratesEnvironment ? valueWith({ from: key.from }) : UNKNOWN;
  if (owner.fields !== null && owner.fields.size > 0) return eitherOf([...owner.fields.values()].slice(0, 100));
  if (owner.items !== null && owner.items.length > 0) return eitherOf(owner.items.slice(0, 100));
  if (/^(?:Number:\d+)$/.test(key.symbol ?? '')) return valueWith({ from: owner.from, isWhole: owner.isWhole });
  if (key.from.length > 0 && !iteratesEnvironment) return UNKNOWN;
  return valueWith({ from: iteratesEnvironment ? key.from : withoutEnvironment(owner.from) });
}

function instanceMember({ fields, methods, parents }: ClassState, key: string): Value | null {
  const field = fields.get(key);
  if (field !== undefined) return field;
  const method = methods.get(key);
  if (method !== undefined) return valueWith({ functions: [method] });
  for (const { instance } of parents) {
    const found = instance ? instanceMember(instance, key) : null;
    if (found !== null) return found;
  }
  return null;
}

export const argumentsOf = (tool: string | null): Value =>
  valueWith({ from: [{ kind: 'argument', tool, name: null, isChecked: false }], isWhole: true });

/** `request.params.arguments` and `request.params.name` of a `tools/call` (MCP, "Calling Tools"). */
function requestMember(key: string, { tool }: Frame): Value {
  if (key === 'params') return valueWith({ symbol: '@request' });
  if (key === 'name') return valueWith({ symbol: '@tool-name' });
  if (key === 'arguments') return argumentsOf(tool);
  return UNKNOWN;
}
