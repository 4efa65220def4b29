import { CONNECT_REFUSED } from './connect-guard.ts';
import type { AcquireErrorCode } from './types.ts';

/** A refusal of our own while installing. */
export class InstallError extends Error {
  readonly code: AcquireErrorCode;
  constructor(code: AcquireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Network failures of Node and of npm's fetch: the registry did not answer. */
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'ERR_SOCKET_TIMEOUT',
  'EIDLETIMEOUT',
  'ECONNECTIONTIMEOUT',
  'EPROTO',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/**
 * Turns what npm's libraries throw into one of our codes and a sentence without paths or stack. `name` is the package
 * asked for, to tell it from its dependencies; null for a bundled package.
 */
export function explainInstallError(error: unknown, name: string | null): { code: AcquireErrorCode; message: string } {
  if (error instanceof InstallError) return { code: error.code, message: error.message };
  const {
    code = '',
    message = String(error),
    pkgid,
    uri,
  } = error as {
    code?: string;
    message?: string;
    pkgid?: unknown;
    uri?: unknown;
  };
  const what = oneLine(message);
  if (code.startsWith('EALLOW')) {
    return {
      code: 'DEPENDENCY_REFUSED',
      message: `A dependency comes from outside the registry, which is not fetched: ${what}`,
    };
  }
  if (code === CONNECT_REFUSED) {
    return { code: 'DEPENDENCY_REFUSED', message: `The package points outside the registry: ${what}` };
  }
  if (code === 'E404') {
    const isItself =
      name !== null && (String(pkgid).startsWith(`${name}@`) || String(uri).endsWith(`/${escaped(name)}`));
    return isItself
      ? { code: 'PACKAGE_NOT_FOUND', message: `The registry has no package ${name}.` }
      : { code: 'DEPENDENCY_NOT_FOUND', message: `The registry does not have a dependency: ${what}` };
  }
  if (code === 'ETARGET' || code === 'ENOVERSIONS') {
    return { code: 'DEPENDENCY_NOT_FOUND', message: `The registry has no fitting version of a dependency: ${what}` };
  }
  if (code === 'EINTEGRITY') {
    return {
      code: 'INTEGRITY_MISMATCH',
      message: `A downloaded package is not the one that the registry lists: ${what}`,
    };
  }
  // node-tar's own limit against archives that are small only while packed.
  if (/max decompression ratio exceeded/.test(message)) {
    return { code: 'TOO_LARGE', message: `A package unpacks to far more than it seems: ${what}` };
  }
  if (code === 'EBADPLATFORM') {
    return { code: 'UNSUPPORTED_PLATFORM', message: `The package does not support this system: ${what}` };
  }
  if (code === 'E401' || code === 'E403' || code === 'EOTP') {
    return { code: 'REGISTRY_REFUSED', message: `The registry refused access: ${what}` };
  }
  if (UNREACHABLE.has(code) || /^E5\d\d$/.test(code) || code === 'E429') {
    return { code: 'REGISTRY_UNREACHABLE', message: `The registry could not be reached: ${what}` };
  }
  return { code: 'INSTALL_FAILED', message: `The package could not be installed: ${what}` };
}

const escaped = (name: string) => name.replace('/', '%2f');

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 300);
