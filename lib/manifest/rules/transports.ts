import type { IssueReport } from '../issue-report.ts';
import { objectOf, objectsOf, textOf } from '../json-object.ts';
import { type JsonPath, quoteText } from '../json-path.ts';
import { hasCredentials, hasStrayBraces, isThisMachine, parseTemplateUrl, templateVariables } from '../template-url.ts';
import type { JsonObject } from '../types.ts';
import { checkHeaders } from './inputs.ts';

export function checkPackageTransport(entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const transport = objectOf(entry, 'transport');
  const type = transport && textOf(transport, 'type');
  if (transport === undefined || type === undefined) return;
  const at = [...path, 'transport'];
  const url = textOf(transport, 'url') ?? '';
  if (type === 'stdio') {
    if (url !== '')
      report.add('stdio-transport-url-not-empty', [...at, 'url'], `${quoteText(url)} stands at a stdio transport`);
  } else if (type !== 'streamable-http' && type !== 'sse') {
    report.add('unsupported-transport-type', [...at, 'type'], `${quoteText(type)} is not a transport of packages`);
  } else if (url === '') {
    report.add('streamable-transport-url-required', [...at, 'url'], `A ${type} transport has no URL here`);
  } else {
    checkTemplate(url, [...at, 'url'], packageVariables(entry), report);
  }
  checkHeaders(transport, at, report);
}

export function checkRemote(remote: JsonObject, path: JsonPath, report: IssueReport): void {
  const type = textOf(remote, 'type');
  if (type !== undefined && type !== 'streamable-http' && type !== 'sse') {
    report.add(
      'unsupported-remote-transport-type',
      [...path, 'type'],
      `${quoteText(type)} is not a transport of remotes`,
    );
  }
  const url = textOf(remote, 'url');
  if (url === '' || !Object.hasOwn(remote, 'url')) {
    report.add('remote-transport-url-required', [...path, 'url'], 'The remote has no URL');
  } else if (url !== undefined) {
    checkRemoteUrl(url, remote, [...path, 'url'], report);
  }
  checkHeaders(remote, path, report);
}

function checkRemoteUrl(url: string, remote: JsonObject, path: JsonPath, report: IssueReport): void {
  const shown = quoteText(url, 120);
  const parsed = parseTemplateUrl(url);
  if (parsed === null) {
    report.add('invalid-remote-url', path, `${shown} is not a URL of a remote`);
  } else if (isThisMachine(parsed)) {
    report.add('invalid-remote-url', path, `${shown} is on the reader's own machine`);
  } else {
    if (hasCredentials(parsed)) report.add('url-has-credentials', path, `${shown} carries a user name or password`);
    if (parsed.protocol === 'http:') report.add('remote-url-not-https', path, `${shown} is not https`);
    checkTemplate(url, path, Object.keys(objectOf(remote, 'variables') ?? {}), report);
  }
}

function checkTemplate(url: string, path: JsonPath, available: readonly string[], report: IssueReport): void {
  const shown = quoteText(url, 120);
  const defined = new Set(available);
  const unknown = templateVariables(url).filter((name) => !defined.has(name));
  if (parseTemplateUrl(url) === null) {
    report.add('invalid-templated-url', path, `${shown} is not a URL`);
  } else if (hasStrayBraces(url)) {
    report.add('invalid-templated-url', path, `${shown} has a brace that belongs to no {variable}`);
  } else if (unknown.length > 0) {
    const known = available.length === 0 ? 'none is defined' : `defined are ${listed(available)}`;
    report.add('invalid-templated-url', path, `${shown} mentions ${listed(unknown)}; ${known}`);
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => quoteText(name, 40));
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

/** What a package's URL may mention: environment variables, argument names and value hints of the same package. */
function packageVariables(entry: JsonObject): string[] {
  const inputs = ['environmentVariables', 'runtimeArguments', 'packageArguments'].flatMap((key) =>
    objectsOf(entry, key),
  );
  return inputs.flatMap(
    ([, input]) => [textOf(input, 'name'), textOf(input, 'valueHint')].filter((name) => !!name) as string[],
  );
}
