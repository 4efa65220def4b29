import { stringify } from 'yaml';
import type { JsonValue } from '#lib/manifest/types.ts';

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON in the order of its keys as written, in which nothing is invisible. Ends with a line feed. */
export const jsonText = (value: JsonValue): string =>
  `${JSON.stringify(value, null, 2).replace(HIDDEN, (character) => (character === '\n' ? character : escaped(character)))}\n`;

/**
 * YAML 1.2 in which every text is in double quotes, so that no reader, also none of YAML 1.1, takes it for something else
 * (`no`, `1.10`, `0o7`, `!tag`). Each document is plain data: no anchors, no tags.
 */
export const yamlText = (...documents: JsonValue[]): string => documents.map(yamlDocument).join('---\n');

const yamlDocument = (document: JsonValue): string =>
  stringify(document, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
  }).replace(HIDDEN, (character) => {
    if (character === '\n') return character;
    return `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`;
  });

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');

const literal = (text: string, escapeOf: (hex: string) => string): string =>
  `"${text.replace(/["\\]/g, String.raw`\$&`).replace(HIDDEN, (character) => escapeOf(character.codePointAt(0)!.toString(16)))}"`;

/** A text as a literal of Cedar. */
export const cedarText = (text: string): string => literal(text, (hex) => `\\u{${hex}}`);

/** A text as a literal of CEL. */
export const celText = (text: string): string => literal(text, (hex) => `\\U${hex.padStart(8, '0')}`);

/** Without the members that are empty lists, empty objects, null or undefined. */
export function filled(members: Record<string, JsonValue | undefined>): { [key: string]: JsonValue } {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, JsonValue] => {
      const [, value] = entry;
      if (value === undefined || value === null) return false;
      return typeof value !== 'object' || Object.keys(value).length > 0;
    }),
  );
}
