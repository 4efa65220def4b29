export {
  isSettableEnv,
  SANDBOX_HOME,
  SANDBOX_NODE,
  SANDBOX_SCRATCH,
  type SandboxCommand,
  type SandboxRequest,
  sandboxCommand,
} from './command.ts';
export { detectSandbox } from './detect.ts';
export { findProgram } from './host.ts';
export { type Sandboxed, spawnSandboxed } from './spawn.ts';
export { spawnDirect } from './spawn-direct.ts';
export * from './types.ts';
