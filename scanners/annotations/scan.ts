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
/** Those that leave nothing behind: with `destructiveHint: false` they contradict themselves. */
const ERASES: ReadonlySet<string> = new Set('delete drop destroy purge erase wipe truncate'.split(' '));
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

/** A sentence or a second half of one that says what is done; "does not delete" and "lists deleted files" begin otherwise. */
const SAYS_CHANGE =
  /(?:^|[.;:!]\s+|\b(?:and|then|also)\s+)(?:(?:it|this tool|permanently|irreversibly|automatically|silently|also|then)\s+){0,2}(deletes?|erases?|wipes?|purges?|destroys?|truncates?|overwrites?|uploads?|transmits?|forwards?|transfers?|sends?|executes?|publishes|installs?)\s+(?!(?:quer|read|select|search|a search|an? (?:read|search|select))\w*)([^.;\n]{3,80})/gi;
/** What a reading tool may "send" or "execute": its own request. */
const OWN_REQUEST =
  /\b(?:request|quer(?:y|ies)|search|get|back|response|statement|you|preview|draft|plan|cache|temporary)\b/i;
const MAX_READ = 600;

/** Finds annotations that contradict the tool's own name and description. */
export const annotations: Scanner = {
  id: 'annotations',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ definitions }) => (definitions.tools ?? []).flatMap(lies),
};

function lies(tool: ToolDefinition): RawFinding[] {
  const words = nameWords(tool.name);
  const [verb = ''] = words;
  const described = nameWords((tool.description ?? '').slice(0, 60))[0] ?? '';
  const isHarmless = words.some((word) => HARMLESS_OBJECT.has(word));
  if (tool.annotations?.readOnlyHint !== true) {
    const isDenied = tool.annotations?.destructiveHint === false && ERASES.has(verb) && stem(described) === stem(verb);
    return isDenied && !isHarmless
      ? [lie(tool, 'destructiveHint', `destroys nothing, but its name says "${verb}"`)]
      : [];
  }
  const isLie =
    (DESTROYS.has(verb) && !isHarmless) || (CHANGES.has(verb) && stem(described) === stem(verb) && !isHarmless);
  const said = isLie ? null : changeSaid(tool.description ?? '');
  if (!isLie && said === null) return [];
  return [
    lie(tool, 'readOnlyHint', `only reads, but its ${said === null ? 'name' : 'description'} says "${said ?? verb}"`),
  ];
}

function lie({ name }: ToolDefinition, hint: 'readOnlyHint' | 'destructiveHint', claim: string): RawFinding {
  const excerpt = `${hint}: ${hint === 'readOnlyHint'}`;
  return {
    ruleId: READ_ONLY_LIE.id,
    message: `${shown(name)} claims that it ${claim}.`,
    location: {
      document: 'tools.json',
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}/annotations/${hint}`,
      subject: name,
    },
    evidence: { excerpt, start: 0, end: excerpt.length },
  };
}

/** "Updates" and "update", "pushes" and "push" are one verb here. */
const stem = (verb: string): string => verb.replace(/(?:(?<=sh|ch|ss)es|s)$/, '').replace(/e$/, '');

/** The verb with which a description says that something is changed or sent away; null when none does. */
function changeSaid(description: string): string | null {
  for (const [, verb = '', object = ''] of description.slice(0, MAX_READ).matchAll(SAYS_CHANGE)) {
    const words = nameWords(object);
    if (!OWN_REQUEST.test(object) && !words.some((word) => HARMLESS_OBJECT.has(word))) return verb.toLowerCase();
  }
  return null;
}
