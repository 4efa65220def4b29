import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { shown } from './shown.ts';

/** What a registry says about one version beside its content; what it does not say is absent. Dates are ISO 8601. */
export type ReleaseFacts = {
  publishedAt?: string;
  /** npm's `deprecated`, or why PyPI shows the version as yanked; '' where no reason is given. */
  deprecated?: string;
  maintainers?: number;
  repository?: string;
  hasInstallScript?: boolean;
};

const REPOSITORY_CHARS = 300;

/** Of npm's document about one version, which has no dates. */
export function npmRelease(published: JsonObject): JsonObject {
  const deprecated = textOf(published, 'deprecated');
  const repository = textOf(published, 'repository') ?? textOf(objectOf(published, 'repository') ?? {}, 'url');
  const maintainers = objectsOf(published, 'maintainers').length;
  const scripts = objectOf(published, 'scripts') ?? {};
  const hasInstallScript =
    published.hasInstallScript === true ||
    ['preinstall', 'install', 'postinstall'].some((name) => textOf(scripts, name) !== undefined);
  return releaseOf({
    // npm takes a deprecation back by an empty text.
    ...(deprecated ? { deprecated } : {}),
    ...(maintainers > 0 ? { maintainers } : {}),
    ...(repository ? { repository } : {}),
    hasInstallScript,
  });
}

/** Of PyPI's document about one release. https://docs.pypi.org/api/json/ */
export function pypiRelease(document: JsonObject): JsonObject {
  const info = objectOf(document, 'info') ?? {};
  const uploads = objectsOf(document, 'urls').flatMap(([, file]) => textOf(file, 'upload_time_iso_8601') ?? []);
  const dates = uploads.filter((date) => !Number.isNaN(Date.parse(date))).sort();
  const repository = repositoryIn(objectOf(info, 'project_urls') ?? {}) ?? textOf(info, 'home_page');
  return releaseOf({
    ...(dates[0] === undefined ? {} : { publishedAt: new Date(dates[0]).toISOString() }),
    ...(info.yanked === true ? { deprecated: textOf(info, 'yanked_reason') ?? '' } : {}),
    ...(repository ? { repository } : {}),
  });
}

/** The labels that PyPI itself takes for the source. https://packaging.python.org/en/latest/specifications/well-known-project-urls/ */
function repositoryIn(urls: JsonObject): string | undefined {
  const found = Object.entries(urls).find(([label]) => /^(?:source|repository|source code|github|code)$/i.test(label));
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}

function releaseOf({ deprecated, repository, ...rest }: ReleaseFacts): JsonObject {
  return {
    ...rest,
    ...(deprecated === undefined ? {} : { deprecated: shown(deprecated) }),
    ...(repository === undefined ? {} : { repository: shown(repository, REPOSITORY_CHARS) }),
  };
}
