import { objectOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';
import { isSettableEnv } from '../../sandbox/command.ts';

const MAX_WORDS = 200;
const MAX_CHARS = 4_096;
const MAX_VOLUMES = 10;

/** What of an image's configuration says how it is started (OCI image specification, "config"). */
export type ImageConfig = {
  entrypoint: string[];
  /** Arguments where the manifest gives none. */
  defaultArgs: string[];
  env: Record<string, string>;
  path: string | null;
  cwd: string;
  volumes: string[];
  labels: { title: string | null; version: string | null; license: string | null; source: string | null };
  diffIds: string[];
};

export function readImageConfig(document: JsonObject): ImageConfig {
  const config = objectOf(document, 'config') ?? {};
  const variables = wordsOf(config.Env).flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  const labels = objectOf(config, 'Labels') ?? {};
  const label = (name: string) => textOf(labels, `org.opencontainers.image.${name}`)?.slice(0, 500) ?? null;
  const cwd = textOf(config, 'WorkingDir') ?? '/';
  return {
    entrypoint: wordsOf(config.Entrypoint),
    defaultArgs: wordsOf(config.Cmd),
    env: Object.fromEntries(variables.filter(([name]) => isSettableEnv(name))),
    path: variables.find(([name]) => name === 'PATH')?.[1] ?? null,
    cwd: isPlainPath(cwd) ? cwd : '/',
    volumes: Object.keys(objectOf(config, 'Volumes') ?? {})
      .filter(isPlainPath)
      .slice(0, MAX_VOLUMES),
    labels: { title: label('title'), version: label('version'), license: label('licenses'), source: label('source') },
    diffIds: wordsOf(objectOf(document, 'rootfs')?.diff_ids),
  };
}

const wordsOf = (value: JsonValue | undefined): string[] =>
  (Array.isArray(value) ? value : [])
    .slice(0, MAX_WORDS)
    .flatMap((word) => (typeof word === 'string' && word.length <= MAX_CHARS && !word.includes('\0') ? [word] : []));

/** Absolute, without a way up. */
const isPlainPath = (path: string): boolean => /^\/[^\0]{0,500}$/.test(path) && !path.split('/').includes('..');
