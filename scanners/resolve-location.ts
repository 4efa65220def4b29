import type { PackageCode } from './package-code/types.ts';
import { pointerTokens } from './text/pointer.ts';
import type { FindingLocation, InputSnapshot } from './types.ts';

/** The value that a finding's location points at, or undefined when the snapshot has no such place. */
export function resolveLocation(snapshot: InputSnapshot, { document, pointer }: FindingLocation): unknown {
  let value: unknown = documentOf(document, snapshot);
  for (const token of pointerTokens(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}

/** Lists are read as objects keyed by what identifies an entry, see `FindingLocation`; of two entries of one name the first counts. */
function documentOf(
  document: FindingLocation['document'],
  { manifest, definitions, package: code }: InputSnapshot,
): unknown {
  const keyed = <T>(entries: readonly T[] | null, keyOf: (entry: T) => string) =>
    Object.fromEntries([...(entries ?? [])].reverse().map((entry) => [keyOf(entry), entry]));
  switch (document) {
    case 'server.json':
      return manifest;
    case 'tools.json':
      return keyed(definitions.tools, ({ name }) => name);
    case 'prompts.json':
      return keyed(definitions.prompts, ({ name }) => name);
    case 'resources.json':
      return keyed(definitions.resources, ({ uri }) => uri);
    case 'resource-templates.json':
      return keyed(definitions.resourceTemplates, ({ uriTemplate }) => uriTemplate);
    case 'instructions':
      return definitions.instructions;
    case 'package':
      return code == null ? null : keyed(pathsOf(code), (path) => path);
  }
}

/** The files that something was seen in; the texts themselves are not part of a snapshot. */
const pathsOf = ({ sightings, powers, notRead }: PackageCode): string[] => [
  ...sightings.map(({ path }) => path),
  ...powers.flatMap(({ places }) => places.map(({ path }) => path)),
  ...notRead.map(({ path }) => path),
];
