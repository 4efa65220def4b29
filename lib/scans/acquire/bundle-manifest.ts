import { realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isJsonObject } from '#lib/manifest/json-object.ts';
import { parseStrictJson } from '#lib/manifest/strict-json.ts';
import type { Input, JsonObject, JsonValue } from '#lib/manifest/types.ts';
import { placeholderFor } from '../introspect/placeholders.ts';
import { isSettableEnv, SANDBOX_HOME, SANDBOX_SCRATCH } from '../sandbox/command.ts';
import { type BundleRuntime, bundleRuntime, isBundleRuntime } from './bundle-runtime.ts';
import type { AcquireFailure } from './types.ts';

const MAX_VALUES = 100;
const MAX_TEXT = 4_096;

/** What is used of a bundle's manifest.json (MCPB manifest specification 0.3), with its variables filled in. */
export type BundleManifest = {
  ok: true;
  name: string;
  version: string;
  license: string | null;
  repository: string | null;
  command: string[];
  env: Record<string, string>;
  /** Settings of the user for which a value was made up. */
  placeholders: string[];
};

/**
 * Reads manifest.json and says how the server of the bundle in `dir` is started: of type "node", "python" with the packages
 * that the bundle brings, or "binary" for this system. BUNDLE_INVALID, UNSUPPORTED_RUNTIME, UNSUPPORTED_PLATFORM or
 * NO_EXECUTABLE.
 */
export async function readBundleManifest(bytes: Buffer, dir: string): Promise<BundleManifest | AcquireFailure> {
  const parsed = parseStrictJson(bytes, { maxBytes: 1024 * 1024 });
  if (!parsed.ok || !isJsonObject(parsed.value)) {
    return failure('BUNDLE_INVALID', 'The manifest.json of the bundle is not usable JSON.');
  }
  const manifest = parsed.value;
  const server = objectOf(manifest.server);
  const type = textOf(server.type) ?? 'no type';
  if (!isBundleRuntime(type)) {
    const why = type === 'uv' ? ' It fetches its packages when it starts, and the sandbox has no network.' : '';
    return failure(
      'UNSUPPORTED_RUNTIME',
      `The bundle has a server of type ${JSON.stringify(type.slice(0, 40))}; "node", "python" and "binary" are run.${why}`,
    );
  }
  const given = objectOf(server.mcp_config);
  const config = { ...given, ...objectOf(objectOf(given.platform_overrides).linux) };
  const entryPoint = entryPointOf(type, textOf(server.entry_point), textOf(config.command));
  const file = resolve(dir, entryPoint);
  const real = await realpath(file).catch(() => null);
  const root = await realpath(dir);
  if (entryPoint === '' || !real?.startsWith(root + sep) || !(await stat(real)).isFile()) {
    return failure('NO_EXECUTABLE', 'The entry_point of the bundle is not one of its files.');
  }
  const runtime = await bundleRuntime(type, { dir, file: real });
  if (!runtime.ok) return runtime;
  const { fill, placeholders } = filler(dir, objectOf(manifest.user_config));
  const words = Array.isArray(config.args) ? config.args : [];
  const args = words.slice(0, MAX_VALUES).flatMap((value) => (typeof value === 'string' ? fill(value) : []));
  const env = Object.entries(objectOf(config.env))
    .slice(0, MAX_VALUES)
    .flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && isSettableEnv(name) ? [[name, fill(value)]] : [],
    );
  const starts = args.some((argument) => resolve(dir, argument) === file);
  return {
    ok: true,
    name: textOf(manifest.name) ?? '',
    version: textOf(manifest.version) ?? '',
    license: textOf(manifest.license),
    repository: textOf(objectOf(manifest.repository).url) ?? textOf(manifest.repository),
    // A bundle whose arguments do not name its entry point is started by that all the same.
    command: [...runtime.command, ...(starts || type === 'binary' ? args : [join(dir, entryPoint)])],
    env: { ...runtime.env, ...Object.fromEntries(env) },
    placeholders: [...placeholders],
  };
}

/** A binary may be named by its command alone, which differs from system to system. */
function entryPointOf(type: BundleRuntime, entryPoint: string | null, command: string | null): string {
  const own = /^\$\{__dirname\}\/(.+)$/.exec(command ?? '')?.[1];
  return (type === 'binary' ? (own ?? entryPoint) : entryPoint) ?? '';
}

/** Fills `${__dirname}`, `${user_config.name}` and the directories of a user; a bundle's own words never reach a shell. */
function filler(dir: string, settings: JsonObject): { fill(text: string): string; placeholders: Set<string> } {
  const placeholders = new Set<string>();
  const filled = (name: string): string => {
    if (name === '__dirname') return dir;
    if (name === 'HOME') return SANDBOX_HOME;
    if (name === '/' || name === 'pathSeparator') return '/';
    const key = /^user_config\.(.{1,100})$/.exec(name)?.[1];
    if (key === undefined) return SANDBOX_SCRATCH;
    const setting = objectOf(Object.hasOwn(settings, key) ? settings[key] : undefined);
    const fixed = Array.isArray(setting.default) ? setting.default[0] : setting.default;
    if (typeof fixed === 'string' || typeof fixed === 'number' || typeof fixed === 'boolean') {
      return String(fixed).replaceAll(/\$\{HOME\}/g, SANDBOX_HOME);
    }
    placeholders.add(key);
    return placeholderFor({ format: FORMATS[textOf(setting.type) ?? ''] ?? 'string' }, key);
  };
  const fill = (text: string) =>
    text
      .slice(0, MAX_TEXT)
      .replace(/\$\{([^{}]{1,200})\}/g, (_, name: string) => filled(name))
      .replaceAll('\0', '');
  return { fill, placeholders };
}

const FORMATS: Record<string, Input['format']> = {
  directory: 'filepath',
  file: 'filepath',
  number: 'number',
  boolean: 'boolean',
};

const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const textOf = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 500) : null;

function failure(code: AcquireFailure['code'], message: string): AcquireFailure {
  return { ok: false, code, message };
}
