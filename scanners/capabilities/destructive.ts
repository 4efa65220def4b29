import type { ToolDefinition } from '#lib/manifest/types.ts';
import { nameWords } from '../manifest-inputs.ts';
import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding } from '../types.ts';
import { DESTRUCTIVE_UNMARKED } from './rules.ts';

const DESTROYS: ReadonlySet<string> = new Set(
  'delete remove drop destroy purge erase wipe truncate uninstall revoke terminate'.split(' '),
);
/** What comes back by itself, or was only put there for the moment. */
const HARMLESS: ReadonlySet<string> = new Set(
  'duplicates whitespace background noise filter filters highlight breakpoint breakpoints cache selection'.split(' '),
);

/** Tools that are named for taking something away and do not say so in their annotations. */
export function destructiveFindings({ name, annotations }: ToolDefinition): RawFinding[] {
  const words = nameWords(name);
  // The verb may follow the name of the service: github_delete_file.
  const verb = words.slice(0, 3).find((word) => DESTROYS.has(word));
  if (verb === undefined || words.some((word) => HARMLESS.has(word))) return [];
  // A tool that claims only to read is annot.read-only-lie.
  if (annotations?.destructiveHint === true || annotations?.readOnlyHint === true) return [];
  const isDenied = annotations?.destructiveHint === false;
  const label = shown(name);
  return [
    {
      ruleId: DESTRUCTIVE_UNMARKED.id,
      message: isDenied
        ? `${label} says that it destroys nothing, but its name says "${verb}".`
        : `${label} is named "${verb}" and has no destructiveHint.`,
      location: { document: 'tools.json', pointer: `/${escapePointerToken(name)}`, subject: name },
      evidence: { excerpt: label, start: 0, end: label.length },
      ...(isDenied ? { severity: 'low' } : {}),
    },
  ];
}
