import type { ToolDefinition } from '#lib/manifest/types.ts';
import { nameWords } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { READ_ONLY_LIE, RULES } from './rules.ts';

/** Verbs that take something away; none of them has a harmless reading as the first word of a tool's name. */
const DESTROYS: ReadonlySet<string> = new Set(
  'delete remove drop destroy purge erase wipe truncate uninstall revoke terminate'.split(' '),
);
/** Verbs that change something, but also serve for views, plans and drafts: name and description must agree. */
const CHANGES: ReadonlySet<string> = new Set(
  'insert update write overwrite send publish deploy upload rename merge transfer pay modify edit install commit push'.split(
    ' ',
  ),
);
/** What may be written or updated without a change that lasts. */
const HARMLESS_OBJECT: ReadonlySet<string> = new Set(
  'plan query view chart report draft preview summary docs documentation code test duplicates whitespace background noise'.split(
    ' ',
  ),
);

/** Finds annotations that contradict the tool's own name and description. */
export const annotations: Scanner = {
  id: 'annotations',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ definitions }) => (definitions.tools ?? []).flatMap(lies),
};

function lies(tool: ToolDefinition): RawFinding[] {
  if (tool.annotations?.readOnlyHint !== true) return [];
  const words = nameWords(tool.name);
  const [verb = ''] = words;
  const described = nameWords((tool.description ?? '').slice(0, 60))[0] ?? '';
  const isHarmless = words.some((word) => HARMLESS_OBJECT.has(word));
  const isLie =
    (DESTROYS.has(verb) && !isHarmless) || (CHANGES.has(verb) && stem(described) === stem(verb) && !isHarmless);
  if (!isLie) return [];
  const excerpt = 'readOnlyHint: true';
  return [
    {
      ruleId: READ_ONLY_LIE.id,
      message: `${shown(tool.name)} claims only to read, but its name says "${verb}".`,
      location: {
        document: 'tools.json',
        pointer: `/${tool.name.replaceAll('~', '~0').replaceAll('/', '~1')}/annotations/readOnlyHint`,
        subject: tool.name,
      },
      evidence: { excerpt, start: 0, end: excerpt.length },
    },
  ];
}

/** "Updates" and "update", "pushes" and "push" are one verb here. */
const stem = (verb: string): string => verb.replace(/(?:(?<=sh|ch|ss)es|s)$/, '').replace(/e$/, '');
