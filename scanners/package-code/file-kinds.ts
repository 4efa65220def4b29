/** What a file of a package is to a scan: code, a text for people, something a script runs, or none of these. */
export type FileKind = 'code' | 'text' | 'script' | null;

export function kindOf(path: string): FileKind {
  if (/\.d\.[cm]?ts$|\.map$/i.test(path)) return null;
  if (/\.(?:[cm]?[jt]s|jsx|tsx|pyw?)$/i.test(path) || path.startsWith('package.json#')) return 'code';
  if (/\.(?:sh|bash|ps1|bat|cmd|pth)$/i.test(path)) return 'script';
  if (
    /(?:^|\/)(?:readme|changelog|license|notice|security|privacy|metadata|pkg-info)[\w.-]*$|\.(?:md|mdx|rst|txt)$|(?:^|\/)(?:pyproject\.toml|setup\.cfg|server\.json|manifest\.json)$/i.test(
      path,
    )
  )
    return 'text';
  return null;
}

export const isCode = (path: string): boolean => kindOf(path) === 'code';
export const isPython = (path: string): boolean => /\.pyw?$/i.test(path) || path.endsWith('#python');
export const isTypeScript = (path: string): boolean => /\.(?:[cm]?ts|tsx)$/i.test(path);

/** Tests, examples and documentation. */
export const isAside = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|specs?|__mocks__|fixtures?|examples?|samples?|docs?|benchmarks?|e2e)\//i.test(path) ||
  /(?:[._-](?:test|spec)\.[cm]?[jt]sx?|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py)$/i.test(path);
