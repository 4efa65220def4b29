import * as shipped from '@cedar-policy/cedar-wasm/nodejs';

export type Cedar = typeof shipped;

/** Thrown where Cedar itself gave up: what it was asked is deeper than its stack. Nothing was decided. */
export class CedarFault extends Error {
  constructor(cause: unknown) {
    super('The policy is too complex to be evaluated.', { cause });
    this.name = 'CedarFault';
  }
}

type Engine = { cedar: Cedar; generation: number };
const shared = globalThis as typeof globalThis & { hallmarkCedar?: Engine };

/**
 * Asks Cedar. A WebAssembly program that ran out of stack is broken for everyone after it, so it is thrown away then and
 * loaded anew; `generation` tells which program it is, as parsed policies live and die with it.
 */
export function withCedar<T>(ask: (cedar: Cedar, generation: number) => T): T {
  shared.hallmarkCedar ??= { cedar: shipped, generation: 1 };
  const { cedar, generation } = shared.hallmarkCedar;
  try {
    return ask(cedar, generation);
  } catch (error) {
    shared.hallmarkCedar = { cedar: reload(), generation: generation + 1 };
    throw new CedarFault(error);
  }
}

/** Another copy of the module: its own memory, its own stack. Found where Node keeps what it loaded, as bundlers move files. */
function reload(): Cedar {
  const require = process.getBuiltinModule('node:module').createRequire(`${process.cwd()}/`);
  const file = Object.keys(require.cache).find((key) => /cedar-wasm[\\/]nodejs[\\/]cedar_wasm\.js$/.test(key));
  if (file === undefined) throw new Error('Cedar is not among the loaded modules.');
  delete require.cache[file];
  return require(file) as Cedar;
}
