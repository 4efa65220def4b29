import type { IssueReport } from './issue-report.ts';
import { objectsOf } from './json-object.ts';
import { checkName, checkSchemaVersion, checkTexts, checkVersion } from './rules/identity.ts';
import { checkIcons, checkRepository, checkWebsite } from './rules/links.ts';
import { checkMeta } from './rules/meta.ts';
import { checkPackage } from './rules/packages.ts';
import { checkRemote } from './rules/transports.ts';
import type { JsonObject } from './types.ts';

/**
 * Checks what the members of a manifest say, beyond their shape: the rules of the official registry's validators and ours.
 * Members of a wrong type are passed over (`checkSchema` reports them), so both checks can run on any object.
 */
export function checkSemantics(document: JsonObject, allowedSchemas: readonly string[], report: IssueReport): void {
  checkSchemaVersion(document, allowedSchemas, report);
  checkName(document, report);
  checkVersion(document, ['version'], report);
  checkTexts(document, report);
  checkRepository(document, report);
  checkWebsite(document, report);
  checkIcons(document, report);
  for (const [index, entry] of objectsOf(document, 'packages')) checkPackage(entry, ['packages', index], report);
  for (const [index, remote] of objectsOf(document, 'remotes')) checkRemote(remote, ['remotes', index], report);
  if (isAbsentOrEmpty(document, 'packages') && isAbsentOrEmpty(document, 'remotes')) {
    report.add('no-packages-or-remotes', [], 'The manifest lists neither packages nor remotes');
  }
  checkMeta(document, report);
}

function isAbsentOrEmpty(document: JsonObject, key: string): boolean {
  const value = document[key];
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
