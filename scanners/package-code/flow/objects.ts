import type { ClassCode, FunctionCode } from '../ir.ts';
import { evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { registerClass, registerDecorated } from './registrations.ts';
import { exported } from './scope.ts';
import { sawEnvironment } from './sinks/watch.ts';
import { memberSymbol } from './symbols.ts';
import { type ClassState, type Closure, eitherOf, UNKNOWN, type Value, valueOf } from './values.ts';

export function declareFunction(fn: FunctionCode, frame: Frame): Value {
  const closure: Closure = { fn, scope: frame.scope, module: frame.module, self: frame.self };
  frame.engine.later(closure);
  if (fn.decorators.length > 0) registerDecorated(closure, frame);
  return valueOf({ functions: [closure] });
}

export function declareClass(c: ClassCode, frame: Frame): Value {
  const parents = c.parents.map((parent) => evaluate(parent, frame));
  const state: ClassState = { c, methods: new Map(), fields: new Map(), parents };
  const symbol = parents.find((parent) => parent.symbol !== null)?.symbol ?? null;
  const self = valueOf({ instance: state });
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
  if (environment && (owner.symbol === 'process.env' || owner.symbol === 'os.environ' || owner.symbol === null)) {
    if (
      !/^(?:get|copy|items|keys|values|filter|map|reduce|forEach|length|entries|toString|pop|setdefault)$/.test(key)
    ) {
      sawEnvironment(key, frame);
      return valueOf({
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
  const items = key === 'shape' || key === 'default' ? owner.items : null;
  const fields = key === 'shape' || key === 'default' ? owner.fields : null;
  if (from.length === 0 && symbol === null && fields === null) return UNKNOWN;
  return valueOf({ from, isWhole: owner.isWhole, symbol, fields, items });
}

/** What a key that is not known picks: any of the functions of a table, or a value that was looked up and so is one of ours. */
function computedMember(owner: Value, key: Value): Value {
  const iteratesEnvironment = key.from.some((source) => source.kind === 'environment' && source.name === null);
  if (owner.symbol === 'process.env' || owner.symbol === 'os.environ')
    return iteratesEnvironment ? valueOf({ from: owner.from }) : UNKNOWN;
  if (owner.fields !== null && owner.fields.size > 0) return eitherOf([...owner.fields.values()].slice(0, 100));
  if (owner.items !== null && owner.items.length > 0) return eitherOf(owner.items.slice(0, 100));
  if (/^(?:Number:\d+)$/.test(key.symbol ?? '')) return valueOf({ from: owner.from, isWhole: owner.isWhole });
  return key.from.length > 0 ? UNKNOWN : valueOf({ from: owner.from });
}

function instanceMember({ fields, methods, parents }: ClassState, key: string): Value | null {
  const field = fields.get(key);
  if (field !== undefined) return field;
  const method = methods.get(key);
  if (method !== undefined) return valueOf({ functions: [method] });
  for (const { instance } of parents) {
    const found = instance ? instanceMember(instance, key) : null;
    if (found !== null) return found;
  }
  return null;
}

export const argumentsOf = (tool: string | null): Value =>
  valueOf({ from: [{ kind: 'argument', tool, name: null, isChecked: false }], isWhole: true });

/** `request.params.arguments` and `request.params.name` of a `tools/call` (MCP, "Calling Tools"). */
function requestMember(key: string, { tool }: Frame): Value {
  if (key === 'params') return valueOf({ symbol: '@request' });
  if (key === 'name') return valueOf({ symbol: '@tool-name' });
  if (key === 'arguments') return argumentsOf(tool);
  return UNKNOWN;
}
