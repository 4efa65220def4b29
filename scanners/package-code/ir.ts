/**
 * What JavaScript, TypeScript and Python have in common, as far as values flow through it. Both parsers' trees become
 * this, so that there is one analysis. `s` and `e` are UTF-16 offsets in the file.
 */
type At = { s: number; e: number };

export type Code = At &
  (
    | { t: 'text'; v: string }
    | { t: 'constant'; v: number | boolean | null }
    | { t: 'regex'; v: string }
    | { t: 'name'; n: string }
    | { t: 'this' }
    /** Member access; `p` is code where the key is computed. */
    | { t: 'get'; o: Code; p: string | Code }
    | { t: 'call'; f: Code; a: Code[]; named: [name: string, value: Code][]; isNew: boolean }
    /** Text put together: template, concatenation, f-string, formatting. */
    | { t: 'join'; parts: Code[] }
    | { t: 'list'; of: Code[] }
    /** `key` null: spread or computed. */
    | { t: 'object'; props: [key: string | null, value: Code][] }
    | { t: 'function'; fn: FunctionCode }
    | { t: 'class'; c: ClassCode }
    /** One of these values, e.g. both sides of `||`. */
    | { t: 'either'; of: Code[] }
    /** `c ? a : b`, also where either is a list of statements. */
    | { t: 'if'; test: Code; yes: Code[]; no: Code[]; isExpression: boolean }
    /** A comparison, negation, arithmetic: what flows in does not flow out. */
    | { t: 'test'; op: string; of: Code[] }
    | { t: 'assign'; to: Code; v: Code; isDeclared: boolean }
    /** Evaluated in order; the value is the last one's. */
    | { t: 'sequence'; of: Code[] }
    | { t: 'spread'; of: Code }
    | { t: 'await'; of: Code }
    /** Destructuring, as the target of an assignment. */
    | { t: 'unpack'; props: [key: string | null, to: Code][]; rest: Code | null }
    | { t: 'unpack-list'; of: Code[] }
    /** Statements. */
    | { t: 'do'; of: Code }
    | { t: 'return'; of: Code | null }
    | { t: 'throw'; of: Code | null }
    | { t: 'loop'; to: Code | null; over: Code | null; test: Code | null; body: Code[] }
    | { t: 'switch'; on: Code; cases: { tests: Code[]; isDefault: boolean; body: Code[] }[] }
    | { t: 'try'; body: Code[]; others: Code[] }
    | { t: 'import'; from: string; names: [imported: string, local: string][] }
    | { t: 'export'; name: string; of: Code }
    /** `export * from`, `from x import *`. */
    | { t: 'reexport'; from: string }
    | { t: 'unknown' }
  );

export type CodeOf<T extends Code['t']> = Extract<Code, { t: T }>;

export type Parameter = {
  to: Code;
  name: string | null;
  fallback: Code | null;
  isRest: boolean;
  /** Source text of a Python annotation. */
  annotation: string | null;
};

export type FunctionCode = {
  name: string | null;
  params: Parameter[];
  body: Code[];
  /** Python decorators. */
  decorators: Code[];
  s: number;
  e: number;
};

export type ClassCode = {
  name: string | null;
  parents: Code[];
  methods: { name: string; fn: FunctionCode }[];
  fields: { name: string; v: Code }[];
  s: number;
  e: number;
};

/** One parsed file. `fault` says what of it could not be parsed. */
export type CodeModule = { path: string; body: Code[]; nodes: number; fault: string | null };

export type CodeParsers = {
  javascript(path: string, text: string): CodeModule;
  python(path: string, text: string): CodeModule;
};
