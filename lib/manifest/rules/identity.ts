import { findInvisibleCharacters, INVISIBLE_CHARACTERS } from '../invisible-characters.ts';
import type { IssueReport } from '../issue-report.ts';
import { textOf } from '../json-object.ts';
import { codePointName, type JsonPath, quoteText } from '../json-path.ts';
import { isPublishableServerName, SERVER_NAME_LENGTH, splitServerName } from '../names.ts';
import { CURRENT_SCHEMA_DATE, schemaUrl } from '../schema.ts';
import type { JsonObject } from '../types.ts';
import { isReservedVersion, looksLikeRange } from '../versions.ts';

/** `$schema`: present, and one of the dates that this registry takes. */
export function checkSchemaVersion(document: JsonObject, allowedDates: readonly string[], report: IssueReport): void {
  const path = ['$schema'];
  if (!Object.hasOwn(document, '$schema')) report.add('schema-field-required', path, '"$schema" is missing');
  const url = textOf(document, '$schema');
  if (url === undefined) return;
  const date = allowedDates.find((known) => schemaUrl(known) === url);
  if (date === undefined) {
    const known = allowedDates.join(', ');
    report.add(
      'schema-version-unknown',
      path,
      `${quoteText(url, 120)} is not a known schema; known dates are ${known}`,
    );
  } else if (date !== CURRENT_SCHEMA_DATE) {
    report.add('schema-version-outdated', path, `The manifest names the schema of ${date}`);
  }
}

export function checkName(document: JsonObject, report: IssueReport): void {
  const name = textOf(document, 'name');
  if (name === undefined || name === '' || [...name].length > SERVER_NAME_LENGTH.max) return;
  const path = ['name'];
  const isVisible = reportInvisible('invisible-characters', name, path, report, 'error');
  const visibleName = isVisible ? name : name.replaceAll(INVISIBLE_CHARACTERS, '');
  if (isPublishableServerName(visibleName)) return;
  // The API's paths and clients only need the schema's form; one-letter parts and edge characters exist in the wild.
  const mirrorSeverity = splitServerName(visibleName) === null ? 'error' : 'warning';
  report.add('invalid-server-name', path, `${quoteText(name)} is not a server name: ${nameProblem(visibleName)}`, {
    mirrorSeverity,
  });
}

function nameProblem(name: string): string {
  const parts = name.split('/');
  if (parts.length === 1) return 'the slash between namespace and name is missing';
  if (parts.length > 2) return 'it has more than one slash';
  const [namespace = '', shortName = ''] = parts;
  if (namespace === '' || shortName === '') return `the ${namespace === '' ? 'namespace' : 'name'} is empty`;
  const isNamespace = isPublishableServerName(`${namespace}/ok`);
  return isNamespace
    ? `${quoteText(shortName)} is not a valid name`
    : `${quoteText(namespace)} is not a valid namespace`;
}

/** A version of the server or of a package: not reserved, not a range, without invisible characters. */
export function checkVersion(owner: JsonObject, path: JsonPath, report: IssueReport): void {
  const version = textOf(owner, 'version');
  if (version === undefined) return;
  if (isReservedVersion(version)) {
    // Only the server's own version stands in the API's paths, where "latest" would hide it.
    const mirrorSeverity = path.length === 1 ? 'error' : 'warning';
    report.add('reserved-version-string', path, `${quoteText(version)} is reserved`, { mirrorSeverity });
  } else if (looksLikeRange(version)) {
    report.add('version-looks-like-range', path, `${quoteText(version)} is a range of versions`);
  }
  reportInvisible('invisible-characters', version, path, report);
}

export function checkTexts(document: JsonObject, report: IssueReport): void {
  for (const key of ['title', 'description'] as const) {
    const text = textOf(document, key);
    if (text === undefined || text === '') continue;
    if (text.trim() === '') report.add(`${key}-whitespace-only`, [key], `The ${key} is blank`);
    // Line breaks in a description are visible enough.
    const shown = key === 'description' ? text.replaceAll(/[\t\n\r]/g, ' ') : text;
    reportInvisible('invisible-characters-in-text', shown, [key], report);
  }
}

/** Whether the text is free of invisible characters. */
function reportInvisible(
  reference: 'invisible-characters' | 'invisible-characters-in-text',
  text: string,
  path: JsonPath,
  report: IssueReport,
  mirrorSeverity?: 'error',
): boolean {
  const found = findInvisibleCharacters(text);
  if (found.length === 0) return true;
  const names = found.slice(0, 5).map(codePointName).join(', ');
  report.add(reference, path, `The text contains ${names}, which shows nothing or reorders the text`, {
    mirrorSeverity,
  });
  return false;
}
