import type { Code, FunctionCode } from '../ir.ts';
import type { Engine } from './engine.ts';
import type { ModuleState, Scope } from './scope.ts';
import { allSources, type SourceOf, type Value } from './values.ts';

/** When code runs: while the package is installed, whenever it is loaded, when a model calls a tool, or nobody knows. */
export type Phase = 'install' | 'load' | 'tool' | 'other';

/** The circumstances of one walk through a function or module. */
export type Frame = {
  engine: Engine;
  module: ModuleState;
  scope: Scope;
  /** What `this` is. */
  self: Value | null;
  phase: Phase;
  tool: string | null;
  /** Inside a branch, a loop or a callback: it may not run. */
  isConditional: boolean;
  /** Inside a condition: what looks at a value there is taken for a check of it. */
  isTest: boolean;
  /** Calls followed to get here. */
  depth: number;
  /** Arguments that were checked on the way; one set for everything that a tool's handler reaches. */
  checked: Set<string>;
  returns: Value[];
  stack: ReadonlySet<FunctionCode>;
  /** Calls whose result nobody looks at. */
  unused: Set<Code>;
};

export type ArgumentSource = SourceOf<'argument'>;

export const argumentKey = ({ tool, name }: ArgumentSource): string => `${tool ?? ''}/${name ?? ''}`;

/** The arguments of a tool in a value that nothing has checked so far. */
export const uncheckedArguments = (value: Value, { checked }: Frame): ArgumentSource[] =>
  allSources(value).filter(
    (source): source is ArgumentSource =>
      source.kind === 'argument' && !source.isChecked && !checked.has(argumentKey(source)),
  );

/** Takes the arguments in these values as checked from here on. All arguments together cannot be: types are not contents. */
export function check(values: readonly Value[], { checked }: Frame): void {
  for (const value of values) {
    for (const source of allSources(value)) {
      if (source.kind === 'argument' && source.name !== null) checked.add(argumentKey(source));
    }
  }
}
