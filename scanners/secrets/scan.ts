import type { ManifestInput } from '../manifest-inputs.ts';
import { isSecretName, manifestInputs } from '../manifest-inputs.ts';
import type { ScanText } from '../text/scan-text.ts';
import { sentenceStart, shown } from '../text/scan-text.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { literalSecrets } from './literal-secrets.ts';
import { ASKS_FOR_SECRET, RULES, SECRET_AS_ARGUMENT, SECRET_IN_METADATA, SECRET_NOT_MARKED } from './rules.ts';

/** Finds the secrets that a server asks for, and those that its manifest or definitions give away. */
export const secrets: Scanner = {
  id: 'secrets',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest }, { subjects }) => [
    ...subjects.flatMap(({ texts }) => texts).flatMap(givenAway),
    ...(manifest === null ? [] : manifestInputs(manifest).flatMap(askedFor)),
  ],
};

const givenAway = (text: ScanText): RawFinding[] =>
  literalSecrets(text.original).map(({ what, shown: redacted }) => ({
    ruleId: SECRET_IN_METADATA.id,
    message: `${sentenceStart(text.where)} holds ${what}.`,
    location: text.location,
    evidence: { excerpt: redacted, start: 0, end: redacted.length },
  }));

function askedFor({ role, name, input, pointer, carrier }: ManifestInput): RawFinding[] {
  const isMarked = input.isSecret === true;
  // A header such as `Authorization: Bearer {token}` is as secret as the variable inside it, which is listed by itself.
  const isFilled = input.variables !== undefined && Object.keys(input.variables).length > 0;
  const isNamed = isSecretName(name) && !isFilled;
  if (!isMarked && !isNamed) return [];
  const location = { document: 'server.json' as const, pointer };
  const label = name === '' ? 'a value' : shown(name);
  const evidence = { excerpt: label, start: 0, end: label.length };
  const findings: RawFinding[] = [
    { ruleId: ASKS_FOR_SECRET.id, message: `Asks for ${label} (${role.replaceAll('-', ' ')}).`, location, evidence },
  ];
  if (!isMarked) {
    findings.push({ ruleId: SECRET_NOT_MARKED.id, message: `${label} is not marked isSecret.`, location, evidence });
  }
  if (role === 'package-argument' || (role === 'runtime-argument' && !PASSES_ENVIRONMENT.test(carrier))) {
    findings.push({
      ruleId: SECRET_AS_ARGUMENT.id,
      message: `${label} is passed on the command line.`,
      location,
      evidence,
    });
  }
  return findings;
}

/** `docker run -e NAME=…` hands an environment variable on. */
const PASSES_ENVIRONMENT = /^(?:-e|--env)$/;
