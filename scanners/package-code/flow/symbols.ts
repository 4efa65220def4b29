/** Modules under another name, and wrappers that mean the same. */
const SAME_MODULE: Record<string, string> = {
  'fs/promises': 'fs',
  'fs-extra': 'fs',
  'graceful-fs': 'fs',
  'path/posix': 'path',
  'timers/promises': 'timers',
  'dns/promises': 'dns',
  'child-process-promise': 'child_process',
  'zod/v3': 'zod',
  'zod/v4': 'zod',
  'zod/mini': 'zod',
  pathlib2: 'pathlib',
};

/** The name of a module that is not the package's own: without `node:`, in one spelling. */
export function moduleSymbol(from: string): string {
  const name = from.replace(/^(?:node|npm|jsr):/, '').replace(/\.js$/, '');
  return SAME_MODULE[name] ?? name;
}

const JAVASCRIPT_GLOBALS: ReadonlySet<string> = new Set(
  (
    'eval Function fetch process Buffer atob btoa require globalThis global window self Object Array String Number Boolean JSON Math ' +
    'Reflect Promise URL URLSearchParams encodeURIComponent encodeURI decodeURIComponent unescape escape parseInt parseFloat ' +
    'setTimeout setInterval setImmediate queueMicrotask WebSocket EventSource XMLHttpRequest Deno Bun structuredClone TextDecoder ' +
    'Uint8Array RegExp Map Set import() module exports __dirname __filename console navigator Request Headers FormData Blob'
  ).split(' '),
);

const PYTHON_GLOBALS: ReadonlySet<string> = new Set(
  (
    'eval exec compile open __import__ getattr setattr globals locals str repr bytes bytearray int float bool len list dict tuple set ' +
    'map filter zip sorted reversed enumerate range chr ord print input isinstance type min max sum any all format vars super next iter % / __name__ __file__'
  ).split(' '),
);

export const isGlobal = (name: string, language: 'javascript' | 'python'): boolean =>
  (language === 'javascript' ? JAVASCRIPT_GLOBALS : PYTHON_GLOBALS).has(name);

/** Members that do not change what a value is. */
const TRANSPARENT = new Set(['default', 'promises', 'posix', 'win32', '__wrapped__']);
const GLOBAL_OBJECT = /^(?:globalThis|global|window|self)$/;

/** `child_process` + `exec` → `child_process.exec`. Null where nothing is known of the owner. */
export function memberSymbol(owner: string | null, key: string): string | null {
  if (owner === null) return null;
  if (TRANSPARENT.has(key)) return owner;
  if (GLOBAL_OBJECT.test(owner)) return key;
  return `${owner}.${key}`.slice(0, 200);
}
