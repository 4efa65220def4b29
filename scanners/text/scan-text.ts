import type { Evidence, FindingLocation } from '../types.ts';
import { UNUSUAL } from './characters.ts';
import { evidenceOf, makeVisible } from './excerpt.ts';
import type { FieldKind, TextField } from './fields.ts';
import type { FoldedText } from './fold.ts';
import { foldText } from './fold.ts';
import { pointerOf } from './pointer.ts';
import type { Span } from './sentences.ts';
import { sentencesOf } from './sentences.ts';

/** A value in words rather than an identifier: long enough, with a blank or letters of a script that needs none. */
const PROSE = /\S\s+\S|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const MIN_PROSE = 8;

/** One string of the snapshot with its place, and its folded forms, made when first asked for. */
export class ScanText {
  readonly kind: FieldKind;
  /** As the server sent it, cut to `LIMITS.fieldChars`. */
  readonly original: string;
  readonly fullLength: number;
  readonly #field: TextField;
  readonly #document: FindingLocation['document'];
  readonly #subject: string | undefined;
  #plain: FoldedText | undefined;
  #latin: FoldedText | undefined;
  #sentences: Span[] | undefined;

  constructor(field: TextField, document: FindingLocation['document'], subject: string | undefined) {
    this.kind = field.kind;
    this.original = field.text;
    this.fullLength = field.fullLength;
    this.#field = field;
    this.#document = document;
    this.#subject = subject;
  }

  /** Every script kept; for patterns of other languages. */
  get plain(): FoldedText {
    this.#plain ??= foldText(this.original, 'plain');
    return this.#plain;
  }

  /** Look-alike letters turned into Latin ones; for English patterns and identifiers. */
  get latin(): FoldedText {
    this.#latin ??= UNUSUAL.test(this.original) ? foldText(this.original, 'latin') : this.plain;
    return this.#latin;
  }

  /** Sentences of `latin.text`. */
  get sentences(): Span[] {
    this.#sentences ??= sentencesOf(this.latin.text);
    return this.#sentences;
  }

  get isProse(): boolean {
    return this.original.length >= MIN_PROSE && PROSE.test(this.original);
  }

  /** Whether it belongs to a part of its subject, a parameter for example. */
  get isNested(): boolean {
    return (this.#field.path?.parent?.parent ?? null) !== null;
  }

  get location(): FindingLocation {
    const location: FindingLocation = { document: this.#document, pointer: pointerOf(this.#field.path) };
    if (this.#subject !== undefined) location.subject = this.#subject;
    return location;
  }

  /** Where this text is, in words: `the description of read_file`. */
  get where(): string {
    const tokens: string[] = [];
    for (let node = this.#field.path; node !== null; node = node.parent) tokens.push(node.token);
    const inside = this.#subject === undefined ? tokens.reverse() : tokens.slice(0, -1).reverse();
    const owner = this.#subject ?? (this.#document === 'instructions' ? 'the server instructions' : this.#document);
    if (inside.length === 0) return shown(owner);
    const part =
      this.kind === 'key' ? 'a property name' : inside.length === 1 ? `the ${inside[0]}` : shown(inside.join('.'));
    return `${part} of ${shown(owner)}`;
  }

  /** Evidence for a span of a folded form. */
  evidence(folded: FoldedText, start: number, end: number, decoded?: string): Evidence {
    return this.originalEvidence(folded.toOriginal(start), folded.toOriginal(end), decoded);
  }

  /** Evidence for a span of the original. */
  originalEvidence(start: number, end: number, decoded?: string): Evidence {
    return evidenceOf(this.original, start, end, decoded);
  }
}

/** The text with a capital first letter, for the head of a sentence. */
export const sentenceStart = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const SHOWN_CHARS = 100;

/** A name from the snapshot as it may stand in a sentence. */
export function shown(name: string): string {
  const visible = makeVisible(name.slice(0, SHOWN_CHARS));
  return name.length > SHOWN_CHARS ? `${visible}…` : visible;
}
