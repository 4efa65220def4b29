import { annotations } from './annotations/scan.ts';
import { capabilities } from './capabilities/scan.ts';
import { fixedSecret } from './fixed-secret/scan.ts';
import { hiddenInstructions } from './hidden-instructions/scan.ts';
import { hiddenUnicode } from './hidden-unicode/scan.ts';
import { httpRemote } from './http-remote/scan.ts';
import { impersonation } from './impersonation/scan.ts';
import { injectionPayloads } from './injection-payloads/scan.ts';
import { inputLimits } from './input-limits/scan.ts';
import { instructionModel } from './model/scan.ts';
import { observed } from './observed/scan.ts';
import { packageCode } from './package-code/scan.ts';
import { secrets } from './secrets/scan.ts';
import { sensitivePaths } from './sensitive-paths/scan.ts';
import { supplyChain } from './supply-chain/scan.ts';
import type { Rule, RuleExample, Scanner } from './types.ts';
import { unpinnedPackage } from './unpinned-package/scan.ts';

/** Every scanner. A new one is a folder and a line here. */
export const SCANNERS: readonly Scanner[] = [
  hiddenUnicode,
  hiddenInstructions,
  instructionModel,
  sensitivePaths,
  injectionPayloads,
  annotations,
  unpinnedPackage,
  supplyChain,
  impersonation,
  httpRemote,
  secrets,
  fixedSecret,
  capabilities,
  packageCode,
  observed,
  inputLimits,
];

/** Every rule, in the order of the scanners; ids are unique. */
export const RULES: readonly Rule[] = SCANNERS.flatMap(({ rules }) => rules);

/** Scanners of what definitions say to a model; supply chain and permissions are not among them. */
const POISONING: readonly Scanner[] = [
  hiddenUnicode,
  hiddenInstructions,
  instructionModel,
  sensitivePaths,
  injectionPayloads,
  annotations,
];

/** Ids of the accusations of the tool-poisoning families: what the measured recall and false alarms are about. */
export const POISONING_RULES: ReadonlySet<string> = new Set(
  POISONING.flatMap(({ rules }) => rules)
    .filter((rule) => rule.class === 'accusation')
    .map(({ id }) => id),
);

/** What each rule finds and leaves alone; the rules' tests and the examples of their pages. */
export const EXAMPLES: readonly RuleExample[] = SCANNERS.flatMap(({ examples }) => examples);

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

/** The rule with that id, or undefined. */
export const ruleById = (id: string): Rule | undefined => BY_ID.get(id);
