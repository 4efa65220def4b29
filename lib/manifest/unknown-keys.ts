import type { IssueReport } from './issue-report.ts';
import { isJsonObject, objectOf, objectsOf } from './json-object.ts';
import { type JsonPath, quoteText } from './json-path.ts';
import { nearestKey } from './nearest-key.ts';
import {
  iconSchema,
  inputSchema,
  keyValueInputSchema,
  localHttpTransportSchema,
  manifestSchema,
  namedArgumentSchema,
  packageSchema,
  positionalArgumentSchema,
  remoteSchema,
  repositorySchema,
} from './schema.ts';
import type { JsonObject } from './types.ts';

const keysOf = (schema: { shape: object }): string[] => Object.keys(schema.shape);

const MANIFEST_KEYS = keysOf(manifestSchema);
const REPOSITORY_KEYS = keysOf(repositorySchema);
const ICON_KEYS = keysOf(iconSchema);
const PACKAGE_KEYS = keysOf(packageSchema);
const TRANSPORT_KEYS = keysOf(localHttpTransportSchema);
const REMOTE_KEYS = keysOf(remoteSchema);
const INPUT_KEYS = keysOf(inputSchema);
const KEY_VALUE_KEYS = keysOf(keyValueInputSchema);
const ARGUMENT_KEYS = [...new Set([...keysOf(positionalArgumentSchema), ...keysOf(namedArgumentSchema)])];

/** Keys that older schemas had, with what became of them. */
const RETIRED_KEYS: Record<string, string> = {
  status: 'Remove it: since 2025-09-29 the registry keeps the status.',
  version_detail: 'Write the version as "version" on the top level.',
};

/** Warns of members that the schema does not name. `_meta` may hold anything and is not looked into. */
export function checkUnknownKeys(document: JsonObject, report: IssueReport): void {
  checkKeys(document, [], MANIFEST_KEYS, report);
  const repository = objectOf(document, 'repository');
  if (repository) checkKeys(repository, ['repository'], REPOSITORY_KEYS, report);
  for (const [index, icon] of objectsOf(document, 'icons')) checkKeys(icon, ['icons', index], ICON_KEYS, report);
  for (const [index, entry] of objectsOf(document, 'packages')) checkPackageKeys(entry, ['packages', index], report);
  for (const [index, remote] of objectsOf(document, 'remotes')) {
    const path = ['remotes', index];
    checkKeys(remote, path, REMOTE_KEYS, report);
    checkInputs(remote, 'headers', path, KEY_VALUE_KEYS, report);
    checkVariables(remote, path, report);
  }
}

function checkPackageKeys(entry: JsonObject, path: JsonPath, report: IssueReport): void {
  checkKeys(entry, path, PACKAGE_KEYS, report);
  checkInputs(entry, 'runtimeArguments', path, ARGUMENT_KEYS, report);
  checkInputs(entry, 'packageArguments', path, ARGUMENT_KEYS, report);
  checkInputs(entry, 'environmentVariables', path, KEY_VALUE_KEYS, report);
  const transport = objectOf(entry, 'transport');
  if (!transport) return;
  checkKeys(transport, [...path, 'transport'], TRANSPORT_KEYS, report);
  checkInputs(transport, 'headers', [...path, 'transport'], KEY_VALUE_KEYS, report);
}

function checkInputs(
  owner: JsonObject,
  key: string,
  path: JsonPath,
  known: readonly string[],
  report: IssueReport,
): void {
  for (const [index, input] of objectsOf(owner, key)) {
    checkKeys(input, [...path, key, index], known, report);
    checkVariables(input, [...path, key, index], report);
  }
}

function checkVariables(owner: JsonObject, path: JsonPath, report: IssueReport): void {
  for (const [name, input] of Object.entries(objectOf(owner, 'variables') ?? {})) {
    if (isJsonObject(input)) checkKeys(input, [...path, 'variables', name], INPUT_KEYS, report);
  }
}

function checkKeys(object: JsonObject, path: JsonPath, known: readonly string[], report: IssueReport): void {
  for (const key of Object.keys(object)) {
    if (report.isFull) return;
    if (known.includes(key)) continue;
    report.add('unknown-key', [...path, key], `The schema does not know the key ${quoteText(key)}`, {
      fix: fixFor(key, known),
    });
  }
}

function fixFor(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known);
  if (nearest !== null) return `Did you mean "${nearest}"?`;
  return (
    (Object.hasOwn(RETIRED_KEYS, key) ? RETIRED_KEYS[key] : undefined) ?? `Remove it; known here: ${known.join(', ')}.`
  );
}
