import { createScanner } from 'jsonc-parser';

/** Places in the text, `end` excluded. */
export type Extent = { start: number; end: number };

/** One JSON value of a text that may hold several, as far as its syntax goes. */
export type ScannedValue = {
  start: number;
  /** Behind the value, or where its syntax stops making sense. */
  end: number;
  isComplete: boolean;
  /** Of a page: the items of its `servers`, those before a fault where there is one. Null for any other value. */
  items: Extent[] | null;
  /** Start of the item that a fault cuts off. */
  openItem: number | null;
};

// jsonc-parser declares its token kinds as an ambient const enum, which cannot be read under type stripping.
const TOKEN = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, colon: 6, string: 10 } as const;
const OPEN: ReadonlySet<number> = new Set([TOKEN.openBrace, TOKEN.openBracket]);
const SCALARS: ReadonlySet<number> = new Set([7, 8, 9, TOKEN.string, 11]);

/** Deeper than any entry may be. Without it a file of opening brackets would be read to its end from each of its lines. */
const MAX_DEPTH = 1000;

type Frame = { isObject: boolean; isServers: boolean; key: string };
type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd';

/**
 * Finds the end of the value that starts at `start`, and the items where it is a saved page of `GET /v0.1/servers`.
 * Comments inside pass: whoever parses the value refuses them with their place. Linear time, no recursion.
 */
export function scanValue(text: string, start: number): ScannedValue {
  const scanner = createScanner(text, true);
  scanner.setPosition(start);
  const frames: Frame[] = [];
  const items: Extent[] = [];
  let [hasServers, hasServer] = [false, false];
  let openItem: number | null = null;
  let expected = 'value' as Expected;

  const result = (end: number, isComplete: boolean): ScannedValue => {
    const isPage = hasServers && !hasServer;
    return { start, end, isComplete, items: isPage ? items : null, openItem: isPage ? openItem : null };
  };
  /** Behind a value: an item ends when its array is the innermost again. */
  const closeValue = (): Expected => {
    if (openItem !== null && frames.at(-1)?.isServers) {
      items.push({ start: openItem, end: scanner.getPosition() });
      openItem = null;
    }
    return 'commaOrEnd';
  };

  while (true) {
    const token: number = scanner.scan();
    const offset = scanner.getTokenOffset();
    const frame = frames.at(-1);
    const isFaulty = (scanner.getTokenError() as number) !== 0;
    const isEnd = token === (frame?.isObject ? TOKEN.closeBrace : TOKEN.closeBracket);
    // A comment before the value would become part of it unseen.
    const isBehindComment = expected === 'value' && !frame && offset !== start;
    if (isFaulty || isBehindComment || frames.length > MAX_DEPTH) return result(offset, false);

    if ((expected === 'value' || expected === 'valueOrEnd') && (OPEN.has(token) || SCALARS.has(token))) {
      if (frame?.isServers) openItem = offset;
      if (OPEN.has(token)) {
        const isObject = token === TOKEN.openBrace;
        const isServers = !isObject && frames.length === 1 && frame?.isObject === true && frame.key === '"servers"';
        hasServers ||= isServers;
        frames.push({ isObject, isServers, key: '' });
        expected = isObject ? 'keyOrEnd' : 'valueOrEnd';
      } else expected = closeValue();
    } else if ((expected === 'key' || expected === 'keyOrEnd') && token === TOKEN.string) {
      frame!.key = text.slice(offset, scanner.getPosition());
      hasServer ||= frames.length === 1 && frame!.key === '"server"';
      expected = 'colon';
    } else if (expected === 'colon' && token === TOKEN.colon) {
      expected = 'value';
    } else if (expected === 'commaOrEnd' && token === TOKEN.comma) {
      expected = frame!.isObject ? 'key' : 'value';
    } else if (frame && isEnd && (expected === 'commaOrEnd' || expected === 'keyOrEnd' || expected === 'valueOrEnd')) {
      frames.pop();
      expected = closeValue();
    } else {
      return result(offset, false);
    }
    if (frames.length === 0) return result(scanner.getPosition(), true);
  }
}
