import { makeVisible } from '../text/excerpt.ts';
import type { InputSnapshot, RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples/index.ts';
import { factFindings } from './facts.ts';
import { packageLocation } from './location.ts';
import { INSTALL_SCRIPT, NOT_READ, RULES } from './rules.ts';
import { names } from './text/hosts.ts';
import type { PackageCode, Sighting } from './types.ts';

/** Reports what was seen in a package's code. What is a secret and what is not depends on what manifest and tools say, so it is decided here. */
export const packageCode: Scanner = {
  id: 'package-code',
  rules: RULES,
  examples: EXAMPLES,
  scan: (snapshot) => {
    const code = snapshot.package;
    if (code == null) return [];
    const said = saidBy(snapshot);
    return [
      ...code.sightings.filter((sighting) => stands(sighting, snapshot, said)).map(findingOf),
      ...factFindings(snapshot, code),
      ...notReadFindings(code),
    ];
  },
};

/** Everything that the server says of itself, in lower case. */
function saidBy({ manifest, definitions }: InputSnapshot): string {
  return `${JSON.stringify(manifest)}${JSON.stringify(definitions)}`.toLowerCase();
}

function stands(sighting: Sighting, snapshot: InputSnapshot, said: string): boolean {
  const { ruleId, unlessNamed, severity } = sighting;
  if (unlessNamed !== undefined && names(said, unlessNamed)) return false;
  // That there is a script at all is said by the rule about registries.
  const isKnown = snapshot.facts?.packages.some(({ registry }) => (registry?.installScripts?.length ?? 0) > 0);
  if (ruleId === INSTALL_SCRIPT.id && severity === 'low' && isKnown) return false;
  return !isTypedArgument(sighting, snapshot);
}

/** Numbers, switches and fixed choices leave no room for text of others. */
function isTypedArgument({ tool, argument }: Sighting, { definitions }: InputSnapshot): boolean {
  if (tool === null || argument === null) return false;
  const properties = definitions.tools?.find(({ name }) => name === tool)?.inputSchema?.properties;
  if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, argument)) return false;
  const schema = (properties as Record<string, unknown>)[argument];
  if (typeof schema !== 'object' || schema === null) return false;
  const { type, enum: choices } = schema as { type?: unknown; enum?: unknown };
  return Array.isArray(choices) || /^(?:integer|number|boolean|null)$/.test(String(type));
}

function findingOf({ ruleId, message, path, line, evidence, tool, severity, confidence }: Sighting): RawFinding {
  return {
    ruleId,
    message: makeVisible(message),
    location: packageLocation(path, line, tool),
    evidence,
    ...(severity === undefined ? {} : { severity }),
    ...(confidence === undefined ? {} : { confidence }),
  };
}

const notReadFindings = ({ notRead }: PackageCode): RawFinding[] =>
  notRead.map(({ path, reason }) => {
    const message = makeVisible(`${path}: ${reason}`);
    const evidence = { excerpt: message, start: 0, end: message.length };
    return { ruleId: NOT_READ.id, message, location: packageLocation(path, 1), evidence };
  });
