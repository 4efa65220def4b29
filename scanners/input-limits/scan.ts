import { LIMITS } from '../limits.ts';
import type { WalkResult } from '../text/fields.ts';
import { pointerOf } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { Subject } from '../text/snapshot-texts.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { INPUT_CUT, RULES } from './rules.ts';

const REASONS: Record<WalkResult['cuts'][number]['limit'], string> = {
  fieldChars: `a text longer than ${LIMITS.fieldChars} characters was read up to there`,
  depth: `nesting deeper than ${LIMITS.depth} levels was not read`,
  fieldsPerSubject: `of more than ${LIMITS.fieldsPerSubject} texts the rest was not read`,
  nodesPerSubject: `of more than ${LIMITS.nodesPerSubject} values the rest was not read`,
};

/** Says what a scan left unread, so that "no findings" is never taken for more than it is. */
export const inputLimits: Scanner = {
  id: 'input-limits',
  rules: RULES,
  examples: EXAMPLES,
  scan: (_snapshot, { subjects }) => subjects.flatMap(cutFindings),
};

const cutFindings = ({ document, name, cuts }: Subject): RawFinding[] =>
  cuts.map(({ path, limit }) => ({
    ruleId: INPUT_CUT.id,
    message: `In ${shown(name ?? document)} ${REASONS[limit]}.`,
    location: { document, pointer: pointerOf(path), ...(name === undefined ? {} : { subject: name }) },
    evidence: { excerpt: limit, start: 0, end: limit.length },
  }));
