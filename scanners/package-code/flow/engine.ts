import path from 'node:path';
import type { CodeModule, FunctionCode } from '../ir.ts';
import { CODE_LIMITS } from '../limits.ts';
import { linesOf, type Sightings } from '../sightings.ts';
import { names } from '../text/hosts.ts';
import type { SensitivePlace } from '../text/places.ts';
import { assign, run } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { type ModuleState, Scope } from './scope.ts';
import { type ClassState, type Closure, eitherOf, madeOf, UNKNOWN, type Value, valueWith } from './values.ts';

/** A tool's handler, found where it is registered and gone through once everything is loaded. */
export type Handler = { closure: Closure; tool: string | null; args: Value[] };

/** Texts in lower case. `subject`: name, description and keywords; `texts`: these and everything written for people. */
export type About = { subject: string; texts: string };

/** Steps that are left, for all files of a package together. */
export type Budget = { steps: number; tools: number; others: number };

/** Parses the file at a path; null where it is not there, was not read, or is not code. */
export type LoadModule = (path: string) => { code: CodeModule; text: string; language: ModuleState['language'] } | null;

/**
 * Follows values through the files of one package, without running anything: first what happens when the files are loaded,
 * then each tool's handler with the model's arguments, then every function that was not reached. Work is bounded by steps.
 */
export class Engine {
  readonly record: Sightings;
  isCut = false;
  /** The code that is looked at, for facts that come up deep inside. */
  at: { s: number; e: number } = { s: 0, e: 0 };
  /** Files that pick variables of the environment by names that sound like secrets. */
  readonly harvesting = new Set<string>();
  readonly #about: About;
  readonly #load: LoadModule;
  readonly #paths: ReadonlySet<string>;
  readonly #pythonModules: ReadonlyMap<string, string>;
  readonly #modules = new Map<string, ModuleState | null>();
  readonly #handlers: Handler[] = [];
  readonly #handled = new Set<string>();
  readonly #pending: Closure[] = [];
  readonly #walked = new Set<FunctionCode>();
  readonly #followed = new Map<FunctionCode, Map<string, Value>>();
  readonly #methods = new Map<string, Closure[]>();
  readonly #budget: Budget;
  readonly #named = new Map<string, boolean>();

  /** `about`: what the package says of itself, in lower case: package.json, README, other texts for people. */
  constructor({
    load,
    paths,
    record,
    about,
    budget,
  }: { load: LoadModule; paths: readonly string[]; record: Sightings; about: About; budget: Budget }) {
    this.#about = about;
    this.#budget = budget;
    this.#load = load;
    this.#paths = new Set(paths);
    this.#pythonModules = pythonModules(paths);
    this.record = record;
  }

  /** Whether the package names one of these words in what it says of itself. */
  isNamed(words: readonly string[]): boolean {
    const key = words.join(' ');
    const known = this.#named.get(key) ?? names(this.#about.texts, words);
    this.#named.set(key, known);
    return known;
  }

  /** Whether the package's subject, or a sentence in its README, gives a reason to read such a file. */
  isExplained(file: string, { topic }: SensitivePlace): boolean {
    const tail = file.split('/').slice(-2).join('/').toLowerCase();
    return topic.test(this.#about.subject) || (tail.length > 4 && this.#about.texts.includes(tail));
  }

  /** Counts one step; false when there are none left, for calls that are followed or altogether. */
  step(frame: Frame): boolean {
    const budget = this.#budget;
    budget.steps--;
    // What tools do has its own share: code that runs at the start must not use it up.
    if (frame.depth > 0 && (frame.phase === 'tool' ? budget.tools-- : budget.others--) <= 0) {
      if (frame.phase === 'tool') this.isCut = true;
      return false;
    }
    if (budget.steps > 0) return true;
    this.isCut = true;
    return false;
  }

  /** Goes through a file as it is loaded, once. */
  evaluateModule(file: string, isInstallScript = false): ModuleState | null {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    const loaded = this.#load(file);
    if (loaded === null) {
      this.#modules.set(file, null);
      return null;
    }
    const module: ModuleState = {
      path: file,
      ...loaded,
      scope: new Scope(null),
      exports: new Map(),
      reexports: [],
      isEvaluated: false,
      isInstallScript,
      lines: linesOf(loaded.text),
    };
    this.#modules.set(file, module);
    const frame = this.#frame({ module, scope: module.scope, self: null, phase: isInstallScript ? 'install' : 'load' });
    run(loaded.code.body, frame);
    module.isEvaluated = true;
    return module;
  }

  moduleValue(file: string): Value {
    const module = this.evaluateModule(file);
    return module === null ? UNKNOWN : valueWith({ module });
  }

  /** Handlers and functions of the files loaded so far. */
  finish(onFault: (path: string, error: Error) => void): void {
    let next = 0;
    for (;;) {
      const handler = this.#handlers.shift();
      const closure = handler?.closure ?? this.#pending[next++];
      if (closure === undefined) return;
      try {
        if (handler !== undefined) this.#handle(handler);
        else if (!this.#walked.has(closure.fn))
          this.#walk(closure, this.#frame({ ...closure, phase: 'other', scope: new Scope(closure.scope) }), []);
      } catch (error) {
        onFault(closure.module.path, error as Error);
      }
    }
  }

  register(handler: Handler): void {
    const key = `${handler.closure.fn.s} ${handler.closure.module.path} ${handler.tool ?? ''}`;
    if (this.#handled.has(key)) return;
    this.#handled.add(key);
    this.#handlers.push(handler);
  }

  later(closure: Closure): void {
    this.#pending.push(closure);
  }

  noteMethods({ methods }: ClassState): void {
    for (const [name, closure] of methods) {
      const all = this.#methods.get(name) ?? [];
      all.push(closure);
      this.#methods.set(name, all);
    }
  }

  /** The method of that name where the package has exactly one: a receiver whose class is not known then matters little. */
  onlyMethod(name: string): Closure | null {
    const all = this.#methods.get(name);
    return all?.length === 1 ? (all[0] as Closure) : null;
  }

  #handle({ closure, tool, args }: Handler): void {
    const frame = this.#frame({ ...closure, phase: 'tool', scope: new Scope(closure.scope), tool });
    this.#walk(closure, frame, args);
  }

  #frame(parts: Pick<Frame, 'module' | 'scope' | 'self' | 'phase'> & { tool?: string | null }): Frame {
    return {
      engine: this,
      module: parts.module,
      scope: parts.scope,
      self: parts.self,
      phase: parts.phase,
      tool: parts.tool ?? null,
      isConditional: false,
      isTest: false,
      depth: 0,
      checked: new Set(),
      returns: [],
      stack: new Set(),
      unused: new Set(),
    };
  }

  #walk({ fn, module, self }: Closure, frame: Frame, args: readonly Value[]): Value {
    this.#walked.add(fn);
    for (const [i, parameter] of fn.params.entries()) {
      const isSelf = i === 0 && module.language === 'python' && /^(?:self|cls)$/.test(parameter.name ?? '');
      const given = parameter.isRest ? eitherOf(args.slice(i)) : isSelf ? (self ?? UNKNOWN) : (args[i] ?? UNKNOWN);
      const value = given === UNKNOWN && parameter.fallback !== null ? fallbackOf(parameter.fallback) : given;
      assign(parameter.to, value, { ...frame, isConditional: false });
    }
    run(fn.body, frame);
    return eitherOf(frame.returns);
  }

  /** A function that is called where it stands: a callback. It sees the caller's circumstances. */
  callback(closure: Closure, args: readonly Value[], frame: Frame): Value {
    if (frame.stack.has(closure.fn)) return UNKNOWN;
    return this.#walk(closure, this.#inner(closure, frame, { isConditional: true, depth: frame.depth }), args);
  }

  /** Follows a call of one of the package's own functions, as deep as `CODE_LIMITS.callDepth`; otherwise what goes in may come out. */
  call(closure: Closure, args: readonly Value[], frame: Frame): Value {
    const { fn } = closure;
    if (frame.depth >= (frame.phase === 'tool' ? CODE_LIMITS.callDepth : CODE_LIMITS.startDepth) || frame.stack.has(fn))
      return madeOf(args);
    const key = `${frame.phase}|${frame.isConditional}|${frame.tool ?? ''}|${args.map(signature).join('|')}`;
    const results = this.#followed.get(fn) ?? new Map<string, Value>();
    this.#followed.set(fn, results);
    const known = results.get(key);
    if (known !== undefined) return known;
    if (results.size >= 40) return madeOf(args);
    results.set(key, UNKNOWN);
    const frameOfCall = this.#inner(closure, frame, { isConditional: frame.isConditional, depth: frame.depth + 1 });
    const value = this.#walk(closure, frameOfCall, args);
    results.set(key, value);
    return value;
  }

  #inner(closure: Closure, frame: Frame, parts: Pick<Frame, 'isConditional' | 'depth'>): Frame {
    return {
      ...frame,
      ...parts,
      module: closure.module,
      scope: new Scope(closure.scope),
      self: closure.self ?? frame.self,
      isTest: false,
      returns: [],
      stack: new Set([...frame.stack, closure.fn]),
    };
  }

  /** The file that an import names, or null where it is not one of the package's own. */
  resolve(from: ModuleState, name: string): string | null {
    return from.language === 'python' ? this.#resolvePython(from.path, name) : this.#resolveJavaScript(from.path, name);
  }

  #resolveJavaScript(from: string, name: string): string | null {
    if (!/^\.{0,2}\//.test(name) && name !== '.' && name !== '..') return null;
    const base = path.posix.join(path.posix.dirname(from), name);
    const stem = base.replace(/\.[cm]?jsx?$/, '');
    const endings = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx'];
    const candidates = [
      base,
      ...endings.map((ending) => base + ending),
      ...endings.map((ending) => stem + ending),
      ...endings.map((ending) => path.posix.join(base, `index${ending}`)),
    ];
    return candidates.find((one) => this.#paths.has(one)) ?? null;
  }

  #resolvePython(from: string, name: string): string | null {
    const dots = /^\.+/.exec(name)?.[0].length ?? 0;
    if (dots === 0) return this.#pythonModules.get(name) ?? null;
    let directory = path.posix.dirname(from);
    for (let i = 1; i < dots; i++) directory = path.posix.dirname(directory);
    const base = path.posix.join(directory, name.slice(dots).replaceAll('.', '/'));
    return [`${base}.py`, path.posix.join(base, '__init__.py')].find((one) => this.#paths.has(one)) ?? null;
  }
}

const fallbackOf = (fallback: { t: string }): Value =>
  fallback.t === 'text' ? valueWith({ text: (fallback as unknown as { v: string }).v }) : UNKNOWN;

/** What of an argument makes another walk worth while. */
const signature = (value: Value): string =>
  `${value.from.length === 0 ? '' : JSON.stringify(value.from)}${value.isWhole ? 'w' : ''}${value.text ?? ''}${value.symbol ?? ''}${value.functions.map(({ fn }) => fn.s).join(',')}${
    value.fields === null
      ? ''
      : JSON.stringify([...value.fields].slice(0, 20).map(([key, one]) => [key, one.text, one.from]))
  }`;

/** Dotted names of the Python files: `src/acme/server.py` is `acme.server`. */
function pythonModules(paths: readonly string[]): Map<string, string> {
  const modules = new Map<string, string>();
  for (const file of paths) {
    if (!file.endsWith('.py')) continue;
    const dotted = file
      .replace(/^(?:src|lib|python)\//, '')
      .replace(/(?:\/__init__)?\.py$/, '')
      .replaceAll('/', '.');
    if (!modules.has(dotted)) modules.set(dotted, file);
  }
  return modules;
}
