import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import type { OutboundResponse } from '#lib/outbound/index.ts';
import { hostOf, parseObject } from './ask.ts';
import { CheckFault } from './check-fault.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { findNameToken } from './name-token.ts';
import { answerKind, digestOutcome, judgeToken, type NamedDigest } from './outcomes.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageContext, PackageType } from './types.ts';
import { visibleText } from './visible-text.ts';

/**
 * `mcp-name: …` in the README as crates.io renders it, where a reader sees it; sha256 of the crate. crates.io keeps no
 * signed provenance. https://crates.io/data-access
 */
export const cargo: PackageType = {
  kinds: ['ownership', 'digest', 'provenance'],
  check: async (context) => {
    const { label } = context;
    const crate = await fetchCrate(context);
    return [
      await answerKind('ownership', () => checkReadme(context)),
      digestOutcome(label, checksumOf(crate)),
      {
        kind: 'provenance',
        code: 'NOT_OFFERED',
        message: `crates.io does not offer provenance, so it is not known what ${label} was built from.`,
      },
    ];
  },
};

const apiOf = ({ pkg, settings }: PackageContext) => `${settings.cargoUrl}/api/v1/crates/${pkg.identifier}`;
const versionApiOf = (context: PackageContext) => `${apiOf(context)}/${encodeURIComponent(context.pkg.version!)}`;

/** Throws CheckFault PACKAGE_NOT_FOUND, VERSION_NOT_FOUND, or NOT_OFFERED for a mirror that has files only. */
async function fetchCrate(context: PackageContext): Promise<JsonObject> {
  const { pkg, label, settings, ask } = context;
  const host = hostOf(settings.cargoUrl);
  const answer = await ask.get(versionApiOf(context));
  if (answer.status === 200) return parseObject(answer);
  if (!hasErrors(answer)) {
    throw new CheckFault('NOT_OFFERED', `${host} does not offer crates.io's API, so nothing is known about ${label}.`);
  }
  if ((await ask.get(apiOf(context))).status === 200) {
    throw new CheckFault(
      'VERSION_NOT_FOUND',
      `${pkg.identifier} is on ${host}, but has no version ${shown(pkg.version!, 80)}. Publish that version, or name one that is there.`,
    );
  }
  throw new CheckFault(
    'PACKAGE_NOT_FOUND',
    `There is no crate ${pkg.identifier} on ${host}. Publish it there, or correct the identifier.`,
  );
}

/** crates.io says what is missing as `{"errors":[{"detail":"…"}]}`. */
function hasErrors(answer: OutboundResponse): boolean {
  try {
    return objectsOf(parseObject(answer), 'errors').length > 0;
  } catch {
    return false;
  }
}

function checksumOf(crate: JsonObject): NamedDigest[] {
  const checksum = textOf(objectOf(crate, 'version') ?? {}, 'checksum');
  return checksum && /^[0-9a-f]{64}$/.test(checksum) ? [{ name: 'crate', digest: `sha256:${checksum}` }] : [];
}

async function checkReadme(context: PackageContext): Promise<Omit<Outcome, 'kind'>> {
  const { label, serverName } = context;
  const html = await fetchReadme(context);
  const token = findNameToken(visibleText(html), serverName);
  const isHidden = token.found === 'nothing' && findNameToken(html, serverName).found === 'name';
  return judgeToken({ token, isHidden, serverName, label, readme: 'README' });
}

/** The rendered README, empty where there is none. */
async function fetchReadme(context: PackageContext): Promise<string> {
  const { ask } = context;
  const options = { maxBytes: PACKAGE_LIMITS.readmeBytes };
  // With this accept header crates.io gives the address of the README; others give the README itself or a redirect.
  // The store behind it answers 403 for a README that is not there.
  let answer = await ask.get(`${versionApiOf(context)}/readme`, { ...options, also: [403] });
  if (answer.status === 200 && /\bjson\b/.test(answer.headers.get('content-type') ?? '')) {
    const url = textOf(parseObject(answer), 'url');
    if (url === undefined || !URL.canParse(url)) return '';
    answer = await ask.get(url, { ...options, accept: 'text/html', also: [403] });
  }
  return answer.status === 200 ? answer.body.toString('utf8') : '';
}
