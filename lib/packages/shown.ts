import { quoteText } from '#lib/manifest/json-path.ts';
import { PACKAGE_LIMITS } from './limits.ts';

/**
 * A text that somebody else wrote, fit for a message, a page and a JSON column: cut, with control, invisible and
 * direction-changing characters written as escapes.
 */
export const shown = (text: string, maxLength: number = PACKAGE_LIMITS.text) => quoteText(text, maxLength).slice(1, -1);
