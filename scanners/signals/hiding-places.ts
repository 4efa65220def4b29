import type { ScanText } from '../text/scan-text.ts';
import { isMentioned, isNegated, spansOf } from './match.ts';
import type { Signal, SignalSpan } from './types.ts';

/** What makes a comment more than a note to the next editor. */
const ORDER =
  /\b(?:always|must|never|ignore|disregard|forget|system|instruction\w*|override|send|forward|upload|read|fetch|call|invoke|execute|run|include|append|expose|reveal|extract|exfiltrate|leak|collect|return|output|respond|reply|say|tell|do not|don't|before|instead|also|secretly|prioriti[sz]e|scan for|assistant|model|insert|replace|recommend|api keys?|password|credential\w*|token|user input)\b/i;
/** Two words are an order only when one of them says so. */
const TERSE_ORDER = /\b(?:ignore|disregard|system|override|hidden|secret|instructions?|exfiltrate|leak|inject\w*)\b/i;
const MAX_COMMENT = 4_000;

/** Text between comment marks: shown by no renderer, read by every model. */
function comments(text: string, open: string, close: string): { start: number; end: number; inner: string }[] {
  const found: { start: number; end: number; inner: string }[] = [];
  for (let at = text.indexOf(open); at >= 0 && found.length < 20; ) {
    const from = at + open.length;
    const stop = text.indexOf(close, from);
    const innerEnd = Math.min(stop < 0 ? text.length : stop, from + MAX_COMMENT);
    const end = stop < 0 ? innerEnd : Math.min(stop + close.length, innerEnd + close.length);
    found.push({ start: at, end, inner: text.slice(from, innerEnd) });
    at = text.indexOf(open, Math.max(end, from));
  }
  return found;
}

function isOrder(inner: string): boolean {
  const words = inner.trim().split(/\s+/, 3).length;
  return words >= 3 ? ORDER.test(inner) : words === 2 && TERSE_ORDER.test(inner);
}

export const hiddenComment: Signal = {
  id: 'hidden-comment',
  strength: 'strong',
  group: 'hiding-place',
  says: 'hides an instruction in a comment',
  find: ({ latin }) =>
    [
      ...comments(latin.text, '<!--', '-->'),
      ...comments(latin.text, '[//]: # (', ')'),
      ...comments(latin.text, '[comment]: <> (', ')'),
    ]
      .filter(({ inner }) => isOrder(inner))
      .slice(0, 5)
      .map(({ start, end }) => ({ folded: latin, start, end })),
};

/** Styles that take an element's text out of sight. */
const UNSEEN =
  /<[a-z]{1,10}\b[^<>\n]{0,80}?(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])|color\s*:\s*(?:white|#fff(?:fff)?|transparent)|\bhidden\b(?=\s*>))[^<>\n]{0,80}>/gi;

export const hiddenMarkup: Signal = {
  id: 'hidden-markup',
  strength: 'strong',
  group: 'hiding-place',
  says: 'hides text with a style',
  find: ({ latin }) =>
    spansOf(latin, UNSEEN, (match, text) =>
      isOrder(text.slice(match.index + match[0].length, match.index + match[0].length + 300).split('<')[0] ?? ''),
    ),
};

/** Spaces inside a line, or empty lines: enough to push what follows out of any window. */
const SPACES = /[ \t\u00a0\u2000-\u200a\u3000\u2800]{40,}/g;
const EMPTY_LINES = /(?:(?:\r?\n|[\u2028\u2029])[ \t]{0,200}){12,}/g;
const FAR = { spaces: 80, lines: 20 } as const;

function paddings({ original, kind }: ScanText): { start: number; end: number; isFar: boolean }[] {
  if (original.length < 40) return [];
  const lines = [...original.matchAll(EMPTY_LINES)].map(({ 0: run, index }) => ({
    start: index,
    end: index + run.length,
    isFar: run.split(/[\n\u2028\u2029]/).length - 1 >= FAR.lines,
  }));
  const spaces = [...original.matchAll(SPACES)]
    .filter(({ 0: run, index }) => !isLayout(original, index, index + run.length))
    .map(({ 0: run, index }) => ({
      start: index,
      end: index + run.length,
      isFar: run.length >= FAR.spaces || kind === 'name',
    }));
  return [...lines, ...spaces].filter(({ end }) => /\S/.test(original.slice(end, end + 200)));
}

/** Indentation and the columns of a table are wide for a reason. */
function isLayout(text: string, start: number, end: number): boolean {
  const isIndentation = start > 0 && text[start - 1] === '\n';
  return isIndentation || rowOfTable(text, start, end);
}

function rowOfTable(text: string, start: number, end: number): boolean {
  const before =
    text
      .slice(Math.max(0, start - 300), start)
      .split('\n')
      .at(-1) ?? '';
  const after = text.slice(end, end + 300).split('\n')[0] ?? '';
  return `${before}${after}`.split('|').length >= 3;
}

const asSpan = (text: ScanText, { start, end }: { start: number; end: number }): SignalSpan => ({
  folded: { text: text.original, toOriginal: (at) => at },
  start,
  end,
});

export const farPadding: Signal = {
  id: 'far-padding',
  strength: 'strong',
  group: 'hiding-place',
  says: 'pushes text out of sight with white space',
  find: (text) =>
    paddings(text)
      .filter(({ isFar }) => isFar)
      .slice(0, 3)
      .map((run) => asSpan(text, run)),
};

export const padding: Signal = {
  id: 'padding',
  strength: 'weak',
  group: 'hiding-place',
  says: 'puts text behind much white space',
  find: (text) =>
    paddings(text)
      .filter(({ isFar }) => !isFar)
      .slice(0, 3)
      .map((run) => asSpan(text, run)),
};

/** Where a schema has one word of its own: prose there is read by the model and by no form. */
const ONE_WORD_PLACE = /\/(?:type|format|contentEncoding|contentMediaType|required\/\d+)$/;
const MIN_PROSE_WORDS = 5;

export const misplacedProse: Signal = {
  id: 'misplaced-prose',
  strength: 'weak',
  group: 'hiding-place',
  says: 'puts sentences where a schema has one word',
  find: (text) => {
    if (text.kind !== 'value' || text.original.split(/\s+/, MIN_PROSE_WORDS).length < MIN_PROSE_WORDS) return [];
    if (!ONE_WORD_PLACE.test(text.location.pointer) || !isOrder(text.latin.text)) return [];
    return [{ folded: text.latin, start: 0, end: text.latin.text.length }];
  },
};

/** A picture from elsewhere, and what takes part in its address. */
const PICTURE =
  /!\[[^\]\n]{0,80}\]\(\s?(https?:\/\/[^\s)]{4,300})|<img\b[^<>\n]{0,120}?\bsrc\s?=\s?["']?(https?:\/\/[^\s"'>]{4,300})/gi;
/** Pictures that say how a project is doing, and formats shown with a placeholder of their own. */
const BADGE = /shields\.io|badge|\.svg\b|githubusercontent|example\.(?:com|org)|\blogo\b/i;

export const pictureBeacon: Signal = {
  id: 'picture-beacon',
  strength: 'strong',
  group: 'sink',
  says: 'loads a picture from elsewhere when it is shown',
  find: ({ latin, kind, location }) =>
    kind === 'value' || location.document === 'server.json'
      ? []
      : spansOf(
          latin,
          PICTURE,
          (match, text) =>
            !BADGE.test(match[0]) &&
            !isMentioned(text, match.index) &&
            !/\b(?:e\.g|example|format|syntax|markdown|like)\b[^.!?\n]{0,60}$/i.test(
              text.slice(Math.max(0, match.index - 80), match.index),
            ),
        ),
};

/** Files that are read at every start, by shells and by models. */
const STARTUP =
  /(?:~\/|\$HOME\/|\b|(?<![\w]))(?:\.(?:bashrc|bash_profile|zshrc|zprofile|profile|cursorrules|windsurfrules|clinerules)|CLAUDE\.md|AGENTS\.md|GEMINI\.md|copilot-instructions\.md|authorized_keys|crontab|LaunchAgents)\b/;
const PLANTED = new RegExp(
  `(?:^|[.;:!?\\n]\\s*|\\b(?:please|must|should|then|also|always|and|first|to)\\s+)(?:add|append|write|insert|put|save|store|copy|paste|include)\\s[^.!?\\n]{0,80}?\\b(?:to|in|into|at the end of)\\s+(?:the |your |their |user'?s? )*(?:\\w{1,12} ){0,2}${STARTUP.source}`,
  'gim',
);

/** "Append this to CLAUDE.md": it outlives the conversation. A tool that is named for such files writes them. */
export const plantedText: Signal = {
  id: 'planted-text',
  strength: 'strong',
  group: 'persistence',
  says: 'has text planted where shells or models read it at every start',
  find: ({ latin, kind }, { name, about }) =>
    kind === 'value' ||
    /rules|memory|agents|claude|cursor|profile|shell|cron|schedul|ssh|key|init|setup|config/i.test(
      `${name} ${about.split(/[.!?\n]/, 1)[0] ?? ''}`,
    )
      ? []
      : spansOf(latin, PLANTED, (match, text) => !isNegated(text, match.index + 2) && !isMentioned(text, match.index)),
};
