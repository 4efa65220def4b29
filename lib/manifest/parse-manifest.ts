import { manifestDigests } from './canonical.ts';
import { IssueReport, type ManifestMode } from './issue-report.ts';
import { isJsonObject } from './json-object.ts';
import { LIMITS } from './limits.ts';
import { KNOWN_SCHEMA_DATES } from './schema.ts';
import { checkSchema } from './schema-issues.ts';
import { checkSemantics } from './semantic-rules.ts';
import { parseStrictJson } from './strict-json.ts';
import type { JsonValue, Manifest, ManifestIssue, ParsedManifest } from './types.ts';
import { checkUnknownKeys } from './unknown-keys.ts';

export type ParseManifestOptions = {
  /** `publish` unless told. */
  mode?: ManifestMode;
  /** Schema dates that `$schema` may name; all known ones unless told. */
  allowedSchemas?: readonly string[];
};

/** The answer of `POST /validate`. */
export type ValidationResult = { valid: boolean; issues: ManifestIssue[] };

/**
 * Parses one `server.json`: strict JSON, schema 2025-12-11, semantic rules. All faults are reported, errors and warnings
 * in the order JSON, schema, meaning, unknown keys; any error makes the result not ok.
 *
 * The manifest is the parsed value itself, with nothing added, dropped or defaulted: the registry serves what was
 * published. In `mirror` mode it may break rules that are warnings there, so `$schema`, `repository.url` and `.source`
 * can be missing and values of closed lists can be others.
 */
export function parseManifest(bytes: Uint8Array, options: ParseManifestOptions = {}): ParsedManifest {
  const json = parseStrictJson(bytes, { maxValues: LIMITS.maxValues });
  const value = json.ok ? json.value : json.recovered;
  const issues = [...(json.ok ? [] : json.issues), ...(value === undefined ? [] : checkManifest(value, options))];
  if (!json.ok || issues.some(({ severity }) => severity === 'error')) return { ok: false, issues };
  return { ok: true, manifest: json.value as Manifest, digests: manifestDigests(bytes, json.value), issues };
}

/** Whether a `server.json` could be published, with every issue found. */
export function validateManifest(bytes: Uint8Array, options: ParseManifestOptions = {}): ValidationResult {
  const { ok, issues } = parseManifest(bytes, options);
  return { valid: ok, issues };
}

function checkManifest(
  value: JsonValue,
  { mode = 'publish', allowedSchemas = KNOWN_SCHEMA_DATES }: ParseManifestOptions,
): ManifestIssue[] {
  const report = new IssueReport(mode);
  checkSchema(value, report);
  if (isJsonObject(value)) {
    checkSemantics(value, allowedSchemas, report);
    checkUnknownKeys(value, report);
  }
  return withoutSuperseded(report.issues);
}

const SUPERSEDED = new Set(['schema-required', 'schema-pattern', 'schema-enum', 'schema-too-short']);

/**
 * Drops what the schema says of a place where another rule says the same more precisely, such as why a name is refused. An
 * error is only dropped for another error.
 */
function withoutSuperseded(issues: ManifestIssue[]): ManifestIssue[] {
  const precise = issues.filter(({ reference }) => !SUPERSEDED.has(reference));
  const explained = new Set(precise.map(({ path }) => path));
  const refused = new Set(precise.filter(({ severity }) => severity === 'error').map(({ path }) => path));
  const empty = new Set(issues.filter(({ reference }) => reference === 'schema-too-short').map(({ path }) => path));
  return issues.filter(({ path, reference, severity }) => {
    if (reference === 'schema-pattern' && empty.has(path)) return false;
    return !SUPERSEDED.has(reference) || !(severity === 'error' ? refused : explained).has(path);
  });
}
