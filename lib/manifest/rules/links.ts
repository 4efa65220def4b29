import type { IssueReport } from '../issue-report.ts';
import { objectOf, objectsOf, textOf } from '../json-object.ts';
import { type JsonPath, quoteText } from '../json-path.ts';
import { hasCredentials, hasScheme, parseHttpUrl } from '../template-url.ts';
import type { JsonObject } from '../types.ts';

// GitHub has owner/repository, GitLab any number of subgroups between.
const REPOSITORY_URLS: Readonly<Record<string, RegExp>> = {
  github: /^https?:\/\/(?:www\.)?github\.com\/[\w.-]+\/[\w.-]+\/?$/,
  gitlab: /^https?:\/\/(?:www\.)?gitlab\.com\/[\w.-]+(?:\/[\w.-]+)+\/?$/,
};
const SUBFOLDER_CHARACTERS = /^[a-zA-Z0-9._/-]+$/;

export function checkRepository(document: JsonObject, report: IssueReport): void {
  const repository = objectOf(document, 'repository');
  if (repository === undefined) return;
  const source = textOf(repository, 'source');
  const url = textOf(repository, 'url');
  if (source !== undefined && source !== '' && !Object.hasOwn(REPOSITORY_URLS, source)) {
    report.add(
      'unsupported-repository-source',
      ['repository', 'source'],
      `${quoteText(source)} is not a supported forge`,
    );
  } else if (source && url && !isRepositoryUrl(source, url)) {
    const problem = `${quoteText(url, 120)} is not a ${source} repository`;
    report.add('invalid-repository-url', ['repository', 'url'], problem);
  }
  const subfolder = textOf(repository, 'subfolder');
  if (subfolder && !isCleanSubfolder(subfolder)) {
    report.add(
      'invalid-subfolder-path',
      ['repository', 'subfolder'],
      `${quoteText(subfolder)} is not a clean relative path`,
    );
  }
}

/** Whether a URL is a repository page of the forge that `source` names: `github` or `gitlab`. */
export function isRepositoryUrl(source: string, url: string): boolean {
  const pattern = Object.hasOwn(REPOSITORY_URLS, source) ? REPOSITORY_URLS[source] : undefined;
  if (pattern === undefined || !pattern.test(url)) return false;
  return !url.split('/').some((segment) => segment === '.' || segment === '..');
}

/** Whether a path is relative and clean: no leading or trailing slash, no `.`, `..` or empty part, no unusual character. */
export function isCleanSubfolder(path: string): boolean {
  if (!SUBFOLDER_CHARACTERS.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

const WEBSITE = {
  invalid: 'invalid-website-url',
  relative: 'website-url-must-be-absolute',
  scheme: 'website-url-invalid-scheme',
} as const;
const ICON = {
  invalid: 'icon-src-invalid-url',
  relative: 'icon-src-not-absolute',
  scheme: 'icon-src-invalid-scheme',
} as const;

export function checkWebsite(document: JsonObject, report: IssueReport): void {
  const url = textOf(document, 'websiteUrl');
  if (url !== undefined) checkHttpsUrl(url, ['websiteUrl'], WEBSITE, report);
}

export function checkIcons(document: JsonObject, report: IssueReport): void {
  for (const [index, icon] of objectsOf(document, 'icons')) {
    const src = textOf(icon, 'src');
    if (src) checkHttpsUrl(src, ['icons', index, 'src'], ICON, report);
  }
}

function checkHttpsUrl(text: string, path: JsonPath, slugs: typeof WEBSITE | typeof ICON, report: IssueReport): void {
  const shown = quoteText(text, 120);
  const url = parseHttpUrl(text);
  if (!hasScheme(text)) report.add(slugs.relative, path, `${shown} has no scheme`);
  else if (!/^https:/i.test(text)) report.add(slugs.scheme, path, `${shown} is not https`);
  else if (url === null) report.add(slugs.invalid, path, `${shown} is not a usable URL`);
  else if (hasCredentials(url)) report.add('url-has-credentials', path, `${shown} carries a user name or password`);
}
