import type { z } from 'zod';
import type { IssueReport } from './issue-report.ts';
import { isJsonObject } from './json-object.ts';
import { type JsonPath, type PathSegment, quoteText } from './json-path.ts';
import { manifestSchema } from './schema.ts';
import type { JsonValue } from './types.ts';

/** Checks the shape of a document and reports every deviation. The value itself stays as it was uploaded. */
export function checkSchema(document: JsonValue, report: IssueReport): void {
  const result = manifestSchema.safeParse(document);
  for (const issue of result.error?.issues ?? []) {
    if (report.isFull) return;
    const path = issue.path.filter((segment): segment is PathSegment => typeof segment !== 'symbol');
    const found = valueAt(document, path);
    if (found === undefined) reportMissing(path, report);
    else reportDeviation(issue, path, found, report);
  }
}

function reportMissing(path: JsonPath, report: IssueReport): void {
  report.add('schema-required', path, `"${path.at(-1)}" is missing`, { mirrorSeverity: mirrorSeverity(path) });
}

function reportDeviation(issue: z.core.$ZodIssue, path: JsonPath, found: JsonValue, report: IssueReport): void {
  switch (issue.code) {
    case 'invalid_type':
      report.add('schema-type', path, `This is ${typeName(found)}`, { fix: `Use ${articled(issue.expected)}.` });
      break;
    case 'invalid_union': {
      const options = 'options' in issue ? (issue.options as unknown[]) : [];
      reportChoice(found, options, path, report);
      break;
    }
    case 'invalid_value':
      reportChoice(found, issue.values, path, report);
      break;
    case 'invalid_format':
      report.add('schema-pattern', path, `${shown(found)} does not have the required form`, {
        fix: patternFix(path),
        mirrorSeverity: mirrorSeverity(path),
      });
      break;
    case 'custom':
      reportLength(issue.params ?? {}, path, String(found), report);
      break;
    default:
      report.add('schema-type', path, 'This does not fit the schema');
  }
}

function reportChoice(found: JsonValue, options: readonly unknown[], path: JsonPath, report: IssueReport): void {
  report.add('schema-enum', path, `${shown(found)} is not one of the listed values`, {
    fix: `Use one of ${options.join(', ')}.`,
    mirrorSeverity: mirrorSeverity(path),
  });
}

function reportLength(params: Record<string, unknown>, path: JsonPath, text: string, report: IssueReport): void {
  const length = [...text].length;
  if (params.minLength !== undefined) {
    const problem =
      length === 0 ? 'The text is empty' : `The text has ${length} of at least ${params.minLength} characters`;
    report.add('schema-too-short', path, problem, { mirrorSeverity: mirrorSeverity(path) });
    return;
  }
  // Readers of a mirrored manifest can shorten a long text; name and version are keys of the API and its paths.
  const isKey = path.length === 1 && (path[0] === 'name' || path[0] === 'version');
  report.add('schema-too-long', path, `The text has ${length} characters; ${params.maxLength} are allowed`, {
    mirrorSeverity: isKey ? 'error' : 'warning',
  });
}

/** An error where clients could not use the entry without the member, else a warning. */
function mirrorSeverity(path: JsonPath): 'error' | 'warning' {
  const [first] = path;
  const last = path.at(-1);
  const isEntry = first === 'packages' || first === 'remotes';
  const isNeeded =
    path.length === 1
      ? first === 'name' || first === 'description' || first === 'version'
      : isEntry && last !== 'format' && last !== 'version' && last !== 'fileSha256';
  return isNeeded ? 'error' : 'warning';
}

function patternFix(path: JsonPath): string {
  switch (path.at(-1)) {
    case 'fileSha256':
      return 'Write the sha256 of the file as 64 lower-case hexadecimal digits.';
    case 'name':
      return 'Write it as namespace/name, such as io.github.acme/weather.';
    default:
      return 'Write sizes as 48x48, or as any.';
  }
}

function valueAt(document: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const segment of path) {
    if (Array.isArray(value)) value = value[Number(segment)];
    else if (isJsonObject(value)) value = Object.hasOwn(value, segment) ? value[segment] : undefined;
    else return undefined;
  }
  return value;
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  return articled(Array.isArray(value) ? 'array' : typeof value);
}

function articled(type: string): string {
  const name = type === 'record' ? 'object' : type;
  return /^[aeio]/.test(name) ? `an ${name}` : `a ${name}`;
}

function shown(value: JsonValue): string {
  return typeof value === 'string' ? quoteText(value) : typeName(value);
}
