import type { CodeModule } from '../ir.ts';
import { eitherOf, UNKNOWN, type Value } from './values.ts';

/** Names and what they stand for. An imported name is looked up when it is used: modules import each other in circles. */
export class Scope {
  readonly #names = new Map<string, Value | (() => Value)>();
  readonly #parent: Scope | null;

  constructor(parent: Scope | null) {
    this.#parent = parent;
  }

  find(name: string): Value | undefined {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      const found = scope.#names.get(name);
      if (found !== undefined) return typeof found === 'function' ? found() : found;
    }
    return undefined;
  }

  declare(name: string, value: Value | (() => Value)): void {
    this.#names.set(name, value);
  }

  /** Sets a name where it was declared, else here. `isCertain` false: it may keep what it was. */
  assign(name: string, value: Value, isCertain: boolean): void {
    for (let scope: Scope | null = this; scope !== null; scope = scope.#parent) {
      const before = scope.#names.get(name);
      if (before === undefined) continue;
      const kept = typeof before === 'function' ? UNKNOWN : before;
      scope.#names.set(name, isCertain && scope === this ? value : eitherOf([value, kept]));
      return;
    }
    this.#names.set(name, value);
  }
}

/** A file while its values are followed. */
export type ModuleState = {
  path: string;
  text: string;
  code: CodeModule;
  language: 'javascript' | 'python';
  scope: Scope;
  exports: Map<string, Value | (() => Value)>;
  /** Paths of modules whose exports are also this one's. */
  reexports: string[];
  isEvaluated: boolean;
  /** It runs while the package is installed. */
  isInstallScript: boolean;
  /** UTF-16 offset of the beginning of each line. */
  lines: number[];
};

export function exported(
  module: ModuleState,
  name: string,
  resolve: (path: string) => ModuleState | null,
  depth = 8,
): Value {
  const found = module.exports.get(name);
  if (found !== undefined) return typeof found === 'function' ? found() : found;
  // Python: every name of a module is there for others.
  if (module.language === 'python') {
    const own = module.scope.find(name);
    if (own !== undefined) return own;
  }
  if (depth === 0) return UNKNOWN;
  for (const path of module.reexports) {
    const next = resolve(path);
    if (next === null) continue;
    const value = exported(next, name, resolve, depth - 1);
    if (value !== UNKNOWN) return value;
  }
  return UNKNOWN;
}
