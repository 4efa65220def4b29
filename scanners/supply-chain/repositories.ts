export type RepositoryName = { host: string; owner: string; name: string };

const SHORT_HOSTS: Record<string, string> = { github: 'github.com', gitlab: 'gitlab.com', bitbucket: 'bitbucket.org' };

/**
 * The repository that a text names, in lower case: a URL, git's own forms, and npm's short ones (`github:owner/name`,
 * `owner/name`). Null where owner and name cannot be told.
 */
export function repositoryOf(text: string | null | undefined): RepositoryName | null {
  const trimmed = (text ?? '').slice(0, 500).trim();
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]{1,100})\/([\w.-]{1,100})$/i.exec(trimmed);
  if (short !== null) return named(SHORT_HOSTS[short[1]?.toLowerCase() ?? 'github'] as string, [short[2], short[3]]);
  const secure = /^(?:git\+)?(?:ssh:\/\/)?git@([\w.-]{1,100})[:/](.{1,300})$/i.exec(trimmed);
  if (secure !== null) return named(secure[1] as string, (secure[2] as string).split('/'));
  const url = trimmed.replace(/^git\+/, '').replace(/^git:/, 'https:');
  if (!URL.canParse(url) || !/^https?:/i.test(url)) return null;
  const { hostname, pathname } = new URL(url);
  return named(hostname, pathname.split('/').filter(Boolean));
}

function named(host: string, [owner, name]: (string | undefined)[]): RepositoryName | null {
  if (!owner || !name) return null;
  const bare = name.replace(/[#?].*$/, '').replace(/\.git$/i, '');
  return { host: host.toLowerCase().replace(/^www\./, ''), owner: owner.toLowerCase(), name: bare.toLowerCase() };
}

/** The account that an `io.github.…` or `io.gitlab.…` namespace stands for. */
export function accountOf(serverName: string): { host: string; owner: string } | null {
  const match = /^io\.(github|gitlab)\.([^/]{1,100})\//i.exec(serverName);
  return match === null
    ? null
    : { host: SHORT_HOSTS[(match[1] as string).toLowerCase()] as string, owner: (match[2] as string).toLowerCase() };
}
