import type { ClassCode, FunctionCode } from '../ir.ts';
import { CODE_LIMITS } from '../limits.ts';
import type { ModuleState, Scope } from './scope.ts';

/** Where a value came from, as far as a rule asks. */
export type Source =
  /** An argument that a model gives to a tool; `name` null for all of them. */
  | { kind: 'argument'; tool: string | null; name: string | null; isChecked: boolean }
  /** An environment variable; null for all of them, `ONE_OF_ALL` for some that were picked among all. */
  | { kind: 'environment'; name: string | null }
  | { kind: 'sensitive-file'; path: string }
  /** Who and where the user is: host name, user name, network cards. */
  | { kind: 'identity' }
  /** Decoded from a constant: base64, hex, character codes. */
  | { kind: 'decoded'; sample: string }
  /** The answer of a host; null where it is chosen at run time. */
  | { kind: 'remote'; host: string | null };

export type SourceOf<K extends Source['kind']> = Extract<Source, { kind: K }>;

export type Closure = { fn: FunctionCode; scope: Scope; module: ModuleState; self: Value | null };

export type ClassState = {
  c: ClassCode;
  methods: Map<string, Closure>;
  /** What `this.x` was ever set to, whatever the instance. */
  fields: Map<string, Value>;
  parents: Value[];
};

/** What is known of a value without running anything. All fields are lower bounds of what it may be. */
export type Value = {
  from: readonly Source[];
  /** The source itself and not a part of something larger. */
  isWhole: boolean;
  /** Constant text; `HOLE` where it is not constant, `TAINT` where an unchecked argument of a tool stands. */
  text: string | null;
  /** What it is by name: `child_process.exec`, `httpx.AsyncClient().get`; `?.…` where its root is unknown. */
  symbol: string | null;
  functions: readonly Closure[];
  fields: ReadonlyMap<string, Value> | null;
  items: readonly Value[] | null;
  instance: ClassState | null;
  module: ModuleState | null;
  isTrue: boolean;
};

export const ONE_OF_ALL = '*';
export const HOLE = '\u0000';
export const TAINT = '\u0001';

export const UNKNOWN: Value = {
  from: [],
  isWhole: false,
  text: null,
  symbol: null,
  functions: [],
  fields: null,
  items: null,
  instance: null,
  module: null,
  isTrue: false,
};

export const valueWith = (parts: Partial<Value>): Value => ({ ...UNKNOWN, ...parts });
export const textValue = (text: string): Value => valueWith({ text: text.slice(0, CODE_LIMITS.textChars) });

const ENVIRONMENT: readonly Source[] = [{ kind: 'environment', name: null }];
export const isEnvironment = (symbol: string | null): boolean => symbol === 'process.env' || symbol === 'os.environ';

/** Something by its name; the environment is what all its variables come from. */
export const symbolValue = (symbol: string): Value =>
  valueWith({ symbol: symbol.slice(0, 200), ...(isEnvironment(symbol) ? { from: ENVIRONMENT } : {}) });

const keyOf = (source: Source): string => JSON.stringify(source);

/** What carries most comes first, so that the bound never drops a whole environment for a variable. */
const WEIGHT: Record<Source['kind'], number> = {
  argument: 0,
  'sensitive-file': 0,
  decoded: 1,
  identity: 1,
  remote: 2,
  environment: 3,
};
const weightOf = (source: Source): number =>
  source.kind === 'environment' && source.name === null ? 0 : WEIGHT[source.kind];

export function unionOf(lists: readonly (readonly Source[])[]): readonly Source[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length === 0) return UNKNOWN.from;
  if (filled.length === 1) return filled[0] as readonly Source[];
  const byKey = new Map<string, Source>();
  for (const list of filled) for (const source of list) byKey.set(keyOf(source), source);
  return [...byKey.values()].sort((a, b) => weightOf(a) - weightOf(b)).slice(0, CODE_LIMITS.sources);
}

/** One of these values. */
export function eitherOf(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== UNKNOWN);
  const [first] = known;
  if (first === undefined) return UNKNOWN;
  if (known.length === 1) return first;
  return {
    from: unionOf(known.map(({ from }) => from)),
    isWhole: known.some(({ isWhole }) => isWhole),
    text: known.find(({ text }) => text !== null && text !== '')?.text ?? first.text,
    symbol: known.find(({ symbol }) => symbol !== null && !symbol.startsWith('?'))?.symbol ?? first.symbol,
    functions: distinct(known.flatMap(({ functions }) => functions)),
    fields: known.find(({ fields }) => fields !== null)?.fields ?? null,
    items: known.find(({ items }) => items !== null)?.items ?? null,
    instance: known.find(({ instance }) => instance !== null)?.instance ?? null,
    module: known.find(({ module }) => module !== null)?.module ?? null,
    isTrue: known.some(({ isTrue }) => isTrue),
  };
}

function distinct(functions: readonly Closure[]): readonly Closure[] {
  if (functions.length < 2) return functions;
  const byCode = new Map(functions.map((closure) => [closure.fn, closure]));
  return [...byCode.values()].slice(0, CODE_LIMITS.functions);
}

/** A value made of others, of which none is the whole. */
export const madeOf = (values: readonly Value[]): Value => {
  const from = unionOf(values.map((value) => value.from));
  return from.length === 0 ? UNKNOWN : valueWith({ from });
};

export const hasUncheckedArgument = ({ from }: Value): boolean =>
  from.some((source) => source.kind === 'argument' && !source.isChecked);

/** How a value stands in a text made of several. */
const pieceOf = (value: Value): string => value.text ?? (hasUncheckedArgument(value) ? TAINT : HOLE);

/** Text put together of these, with `glue` between. */
export function joined(values: readonly Value[], glue = ''): Value {
  const [only] = values;
  if (only !== undefined && values.length === 1) return only;
  const pieces = values.slice(0, CODE_LIMITS.parts).map(pieceOf);
  const text = pieces.join(glue).slice(0, CODE_LIMITS.textChars);
  return valueWith({ from: unionOf(values.map(({ from }) => from)), text });
}

/** All sources of a value with those of its fields and items. */
export function allSources(value: Value, depth = 4): readonly Source[] {
  if (depth === 0) return value.from;
  const inner = [...(value.fields?.values() ?? []), ...(value.items ?? [])].slice(0, 50);
  return inner.length === 0 ? value.from : unionOf([value.from, ...inner.map((one) => allSources(one, depth - 1))]);
}

export const sourcesOf = <K extends Source['kind']>(value: Value, kind: K): SourceOf<K>[] =>
  allSources(value).filter((source): source is SourceOf<K> => source.kind === kind);
