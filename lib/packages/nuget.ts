import { objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { hostOf } from './ask.ts';
import { CheckFault } from './check-fault.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { findNameToken } from './name-token.ts';
import { judgeToken } from './outcomes.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageContext, PackageType } from './types.ts';

/** Resources of the service index, https://learn.microsoft.com/nuget/api/service-index */
const README = 'ReadmeUriTemplate/6.13.0';
const FLAT_CONTAINER = 'PackageBaseAddress/3.0.0';

/** `mcp-name: …` in the package's README, comments included. NuGet has no signed provenance. */
export const nuget: PackageType = {
  kinds: ['ownership', 'provenance'],
  check: async (context) => {
    const { label, serverName } = context;
    const provenance: Outcome = {
      kind: 'provenance',
      code: 'NOT_OFFERED',
      message: `NuGet does not offer provenance, so it is not known what ${label} was built from.`,
    };
    const readme = await fetchReadme(context);
    const token = findNameToken(readme, serverName);
    return [judgeToken({ token, serverName, label, readme: 'package README' }), provenance];
  },
};

/** The README, empty where the package has none. Throws CheckFault for a package or version that is not there. */
async function fetchReadme({ pkg, label, settings, ask }: PackageContext): Promise<string> {
  const { nugetUrl } = settings;
  const indexUrl = nugetUrl.endsWith('.json') ? nugetUrl : `${nugetUrl}/v3/index.json`;
  const index = await ask.json(indexUrl);
  const flatContainer = index && resourceOf(index, FLAT_CONTAINER)?.replace(/\/$/, '');
  if (!index || !flatContainer) {
    throw new CheckFault(
      'NOT_OFFERED',
      `${hostOf(indexUrl)} does not offer the NuGet v3 package content, so nothing is known about ${label}.`,
    );
  }
  const id = pkg.identifier.toLowerCase();
  const version = normalized(pkg.version!);
  const template = resourceOf(index, README);
  const readmeUrl = template
    ? template
        .replaceAll('{lower_id}', encodeURIComponent(id))
        .replaceAll('{lower_version}', encodeURIComponent(version))
    : `${flatContainer}/${encodeURIComponent(id)}/${encodeURIComponent(version)}/readme`;
  const answer = await ask.get(readmeUrl, { accept: 'text/*, */*', maxBytes: PACKAGE_LIMITS.readmeBytes });
  if (answer.status === 200) return answer.body.toString('utf8');

  const listed = await ask.json(`${flatContainer}/${encodeURIComponent(id)}/index.json`);
  if (listed === null) {
    throw new CheckFault(
      'PACKAGE_NOT_FOUND',
      `There is no package ${pkg.identifier} on ${hostOf(indexUrl)}. Publish it there, or correct the identifier.`,
    );
  }
  const versions: unknown = listed.versions;
  if (!Array.isArray(versions) || !versions.some((one) => typeof one === 'string' && one.toLowerCase() === version)) {
    throw new CheckFault(
      'VERSION_NOT_FOUND',
      `${pkg.identifier} is on ${hostOf(indexUrl)}, but has no version ${shown(pkg.version!, 80)}. Publish that version, or name one that is there. NuGet checks a new version for some minutes before it shows.`,
    );
  }
  if (!template) {
    throw new CheckFault(
      'NOT_OFFERED',
      `${hostOf(indexUrl)} does not offer the READMEs of packages, so it is not known whether ${label} names this server.`,
    );
  }
  return '';
}

function resourceOf(index: JsonObject, type: string): string | undefined {
  const found = objectsOf(index, 'resources').find(([, resource]) => textOf(resource, '@type') === type);
  const address = found && textOf(found[1], '@id');
  return address !== undefined && URL.canParse(address) ? address : undefined;
}

/** https://learn.microsoft.com/nuget/concepts/package-versioning#normalized-version-numbers, in lower case. */
function normalized(version: string): string {
  const [core = '', ...labels] = version.replace(/\+.*$/, '').toLowerCase().split('-');
  const numbers = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (numbers.length < 3) numbers.push('0');
  if (numbers.length === 4 && numbers[3] === '0') numbers.pop();
  return [numbers.join('.'), ...labels].join('-');
}
