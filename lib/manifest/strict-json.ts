import { createScanner } from 'jsonc-parser';
import { decodeUtf8 } from './decode-utf8.ts';
import { numberFault } from './exact-number.ts';
import { ISSUE_REFERENCES, type IssueReference } from './issue-references.ts';
import { IssueReport } from './issue-report.ts';
import { setMember } from './json-object.ts';
import { type JsonPath, quoteText } from './json-path.ts';
import { LIMITS } from './limits.ts';
import type { JsonObject, JsonValue, ManifestIssue } from './types.ts';

export type StrictJsonLimits = {
  /** Bytes; `LIMITS.maxBytes` unless told. */
  maxBytes?: number;
  /** Nested arrays and objects; `LIMITS.maxDepth` unless told. */
  maxDepth?: number;
  /** JSON values; no limit of their own unless told. */
  maxValues?: number;
};

export type StrictJsonResult =
  | { ok: true; value: JsonValue }
  | {
      ok: false;
      issues: ManifestIssue[];
      /**
       * The document as far as it could be understood, where its syntax was complete: the first of duplicate keys, comments
       * and trailing commas left out. Only for finding further faults in the same pass. Never store, hash or serve it.
       */
      recovered?: JsonValue;
    };

/**
 * Parses one JSON document that every reader understands alike, or says why not, with line, column and path.
 *
 * Beyond RFC 8259 syntax it refuses what RFC 7493 (I-JSON) warns of: invalid UTF-8, a byte order mark, duplicate keys,
 * numbers that a double does not keep, lone surrogates; also U+0000 and whatever exceeds the limits. All faults are
 * reported up to the first that leaves the rest unreadable. Runs in linear time and without recursion.
 *
 * A `__proto__` key becomes an own member like any other, as with `JSON.parse`.
 */
export function parseStrictJson(
  bytes: Uint8Array,
  {
    maxBytes = LIMITS.maxBytes,
    maxDepth = LIMITS.maxDepth,
    maxValues = Number.POSITIVE_INFINITY,
  }: StrictJsonLimits = {},
): StrictJsonResult {
  const report = new IssueReport();
  if (bytes.length > maxBytes) {
    report.add('json-too-large', [], `The document has ${bytes.length} bytes; ${maxBytes} are allowed`);
    return { ok: false, issues: report.issues };
  }
  const decoded = decodeUtf8(bytes, report);
  if (decoded === null) return { ok: false, issues: report.issues };
  const value = new StrictReader(decoded, report, maxDepth, maxValues).read();
  if (value === undefined) return { ok: false, issues: report.issues };
  return report.issues.length === 0 ? { ok: true, value } : { ok: false, issues: report.issues, recovered: value };
}

// jsonc-parser declares its token kinds and errors as ambient const enums, which cannot be read under type stripping.
const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  space: 15,
  endOfFile: 17,
} as const;
const SCAN_ERRORS: Record<number, string> = {
  1: 'the comment does not end',
  2: 'the string does not end on its line',
  3: 'the number is not complete',
  4: 'the \\u escape needs four hexadecimal digits',
  5: 'the string contains an escape that JSON does not have',
  6: 'the string contains a control character that is not escaped',
};

/** `key` is that of the member being read, null between members. */
type ObjectFrame = { object: JsonObject; key: string | null; isDuplicate: boolean };
type Frame = ObjectFrame | { array: JsonValue[] };
type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'end';
const EXPECTED: Record<Expected, string> = {
  value: 'a value',
  valueOrEnd: 'a value or ]',
  key: 'a key in double quotes',
  keyOrEnd: 'a key in double quotes or }',
  colon: 'a colon',
  commaOrEnd: 'a comma or the closing bracket',
  end: 'nothing after the document',
};

class StrictReader {
  readonly #scanner: ReturnType<typeof createScanner>;
  readonly #report: IssueReport;
  readonly #maxDepth: number;
  readonly #maxValues: number;
  readonly #frames: Frame[] = [];
  #expected: Expected = 'value';
  #root: JsonValue | undefined;
  #valueCount = 0;
  #isStopped = false;

  constructor(text: string, report: IssueReport, maxDepth: number, maxValues: number) {
    this.#scanner = createScanner(text, false);
    this.#report = report;
    this.#maxDepth = maxDepth;
    this.#maxValues = maxValues;
  }

  /** The value, or undefined where the document could not be read to its end. */
  read(): JsonValue | undefined {
    while (!this.#isStopped) {
      const token: number = this.#scanner.scan();
      if (token === TOKEN.space || token === TOKEN.lineBreak) continue;
      const scanError: number = this.#scanner.getTokenError();
      if (scanError !== 0) this.#stop('json-syntax', SCAN_ERRORS[scanError] ?? 'the text is not JSON');
      else if (token === TOKEN.lineComment || token === TOKEN.blockComment) this.#fault('json-comment', 'a comment');
      else if (token !== TOKEN.endOfFile) this.#accept(token);
      else if (this.#expected === 'end') return this.#root;
      else this.#unexpected(token);
    }
    return undefined;
  }

  #accept(token: number): void {
    const isBracketClose = token === TOKEN.closeBracket;
    const isBraceClose = token === TOKEN.closeBrace;
    switch (this.#expected) {
      case 'value':
        // Inside an array a value is expected only behind a comma.
        if (isBracketClose && this.#isInArray()) this.#closeAfterComma();
        else this.#value(token);
        break;
      case 'valueOrEnd':
        if (isBracketClose) this.#close();
        else this.#value(token);
        break;
      case 'key':
        if (isBraceClose) this.#closeAfterComma();
        else this.#key(token);
        break;
      case 'keyOrEnd':
        if (isBraceClose) this.#close();
        else this.#key(token);
        break;
      case 'colon':
        if (token === TOKEN.colon) this.#expected = 'value';
        else this.#unexpected(token);
        break;
      case 'commaOrEnd':
        if (token === TOKEN.comma) this.#expected = this.#isInArray() ? 'value' : 'key';
        else if (this.#isInArray() ? isBracketClose : isBraceClose) this.#close();
        else this.#unexpected(token);
        break;
      case 'end':
        this.#unexpected(token);
    }
  }

  #value(token: number): void {
    if (token === TOKEN.openBrace) this.#open({ object: {}, key: null, isDuplicate: false });
    else if (token === TOKEN.openBracket) this.#open({ array: [] });
    else if (token === TOKEN.null) this.#scalar(null);
    else if (token === TOKEN.true) this.#scalar(true);
    else if (token === TOKEN.false) this.#scalar(false);
    else if (token === TOKEN.string) this.#scalar(this.#text('the text'));
    else if (token === TOKEN.number) this.#scalar(this.#number());
    else this.#unexpected(token);
  }

  #open(frame: Frame): void {
    if (this.#frames.length === this.#maxDepth) {
      this.#stop('json-too-deep', `level ${this.#maxDepth + 1} of nesting; ${this.#maxDepth} are allowed`);
      return;
    }
    this.#attach('array' in frame ? frame.array : frame.object);
    this.#frames.push(frame);
    this.#expected = 'array' in frame ? 'valueOrEnd' : 'keyOrEnd';
  }

  #scalar(value: JsonValue): void {
    this.#attach(value);
    this.#finishValue();
  }

  #attach(value: JsonValue): void {
    this.#valueCount++;
    if (this.#valueCount > this.#maxValues) this.#stop('json-too-many-values', `more than ${this.#maxValues} values`);
    const frame = this.#top();
    if (frame === undefined) this.#root = value;
    else if ('array' in frame) frame.array.push(value);
    else if (!frame.isDuplicate) setMember(frame.object, frame.key!, value);
  }

  #finishValue(): void {
    const frame = this.#top();
    if (frame !== undefined && 'object' in frame) frame.key = null;
    this.#expected = frame === undefined ? 'end' : 'commaOrEnd';
  }

  #key(token: number): void {
    if (token !== TOKEN.string) {
      this.#unexpected(token);
      return;
    }
    const frame = this.#top() as ObjectFrame;
    frame.key = this.#scanner.getTokenValue();
    frame.isDuplicate = Object.hasOwn(frame.object, frame.key);
    if (frame.isDuplicate) {
      this.#fault('json-duplicate-key', `the key ${quoteText(frame.key)} appears again in the same object`);
    }
    this.#text('the key');
    this.#expected = 'colon';
  }

  #text(what: string): string {
    const text = this.#scanner.getTokenValue();
    if (!text.isWellFormed())
      this.#fault('json-lone-surrogate', `${what} ${quoteText(text)} has half a surrogate pair`);
    if (text.includes('\0')) this.#fault('json-null-character', `${what} ${quoteText(text)} contains U+0000`);
    return text;
  }

  #number(): number {
    const literal = this.#scanner.getTokenValue();
    const fault = numberFault(literal);
    if (fault !== null) {
      this.#fault(fault, `${quoteText(literal, 40)}: ${ISSUE_REFERENCES[fault].explanation.slice(0, -1)}`);
    }
    return Number(literal);
  }

  #close(): void {
    this.#frames.pop();
    this.#finishValue();
  }

  #closeAfterComma(): void {
    this.#expected = 'commaOrEnd';
    this.#fault('json-trailing-comma', 'a comma stands before this closing bracket');
    this.#close();
  }

  #unexpected(token: number): void {
    const { length } = this.#frames;
    const found = token === TOKEN.endOfFile ? 'the end of the document' : this.#tokenText();
    const inside =
      token === TOKEN.endOfFile && length > 0
        ? `; ${length === 1 ? '1 bracket is' : `${length} brackets are`} still open`
        : '';
    this.#stop('json-syntax', `expected ${EXPECTED[this.#expected]}, found ${found}${inside}`);
  }

  #tokenText(): string {
    const punctuation = ['', '{', '}', '[', ']', ',', ':'][this.#scanner.getToken()];
    return quoteText(punctuation || this.#scanner.getTokenValue(), 40);
  }

  #stop(reference: IssueReference, problem: string): void {
    this.#fault(reference, problem);
    this.#isStopped = true;
  }

  #fault(reference: IssueReference, problem: string): void {
    // The path is put together for faults alone: doing it for every value would cost the square of the document.
    const line = this.#scanner.getTokenStartLine() + 1;
    const column = this.#scanner.getTokenStartCharacter() + 1;
    this.#report.add(reference, this.#path(), `Line ${line}, column ${column}: ${problem}`);
    if (this.#report.isFull) this.#isStopped = true;
  }

  #path(): JsonPath {
    const innermost = this.#frames.length - 1;
    return this.#frames.flatMap((frame, depth): JsonPath => {
      if ('object' in frame) return frame.key === null ? [] : [frame.key];
      if (depth < innermost) return [frame.array.length - 1];
      return this.#expected === 'commaOrEnd' ? [] : [frame.array.length];
    });
  }

  #isInArray(): boolean {
    const frame = this.#top();
    return frame !== undefined && 'array' in frame;
  }

  #top(): Frame | undefined {
    return this.#frames.at(-1);
  }
}
