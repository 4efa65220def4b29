import type { CoveragePart, Marks, VersionOrigin } from '#lib/catalog/views.ts';
import type { Grade, Risk } from '#scanners/types.ts';
import { formatDate } from '../text/format-date.ts';
import type { Glyph, Signal } from './mark-shapes.ts';

/**
 * How strongly a mark is drawn. `struck`: filled in the accent. `plain`: outline with a sign. `heavy`: filled in ink.
 * `accused`: filled in red, for accusations alone. `pending`: broken outline. `empty`: the mark is absent.
 */
export type MarkTone = 'struck' | 'plain' | 'heavy' | 'accused' | 'pending' | 'empty';

export type MarkFace = {
  signal: Signal;
  /** Name of the signal, e.g. `Publisher`. */
  heading: string;
  /** Value in one or two words that stand alone: `not signed`, `grade B`. */
  word: string;
  tone: MarkTone;
  glyph: Glyph | null;
  /** The assay letter. */
  letter: string | null;
  /** What the value means, in sentences; also when the mark is absent. */
  explanation: string;
};

/** Where a version came from, as far as the words depend on it. */
export type MarksOrigin = { origin: VersionOrigin; upstream: { name: string } | null };

/** The four marks of a version in the order of DESIGN §1, each with its words. `from` is known on the version's own page. */
export function describeMarks(marks: Marks, from?: MarksOrigin): [MarkFace, MarkFace, MarkFace, MarkFace] {
  return [describePublisher(marks), describeSignature(marks, from), describeScan(marks), describeRisk(marks.risk)];
}

const face = (
  signal: Signal,
  heading: string,
  word: string,
  tone: MarkTone,
  sign: Glyph | Grade | null,
  explanation: string,
): MarkFace => {
  const isLetter = sign !== null && sign.length === 1;
  return {
    signal,
    heading,
    word,
    tone,
    glyph: isLetter ? null : (sign as Glyph | null),
    letter: isLetter ? sign : null,
    explanation,
  };
};

/** The mark of a publisher on its own page, too, where there is no version beside it. */
export function describePublisher({ publisher: { level, displayName, proof } }: Pick<Marks, 'publisher'>): MarkFace {
  const who = displayName ?? 'The publisher';
  const of = (word: string, tone: MarkTone, glyph: Glyph | null, text: string) =>
    face('publisher', 'Publisher', word, tone, glyph, text);
  if (level === 'official') {
    const text = `${who} proved that it holds this namespace, and an admin of this instance marked it as official.`;
    return of('official', 'struck', 'crown', text);
  }
  if (proof === 'demonstration') {
    const text = `${who} shows what this mark looks like. Nobody can prove com.example: it is reserved for examples.`;
    return of('verified', 'struck', 'check', text);
  }
  if (level === 'verified') return of('verified', 'struck', 'check', `${who} proved that it holds this namespace.`);
  const text = displayName
    ? `${displayName} may publish under this namespace here, but has not proved that it holds it.`
    : 'Nobody has proved to this registry that they hold this namespace. The name alone says nothing about the author.';
  return of('unverified', 'empty', null, text);
}

const PROVENANCE_TEXT: Record<Marks['signature']['provenance'], string> = {
  matches: ' It was signed from the repository that the manifest names.',
  mismatch: ' It was signed from another repository than the one that the manifest names.',
  none: '',
};

function describeSignature({ signature: { state, provenance } }: Marks, from?: MarksOrigin): MarkFace {
  const of = (word: string, tone: MarkTone, glyph: Glyph | null, text: string) =>
    face('signature', 'Signature', word, tone, glyph, text);
  switch (state) {
    case 'signed': {
      const text = `An identity that the publisher bound to this namespace signed the manifest.${PROVENANCE_TEXT[provenance]}`;
      return of(
        'signed',
        'struck',
        'hand',
        `${text} A signature shows where a manifest came from, not what the server does.`,
      );
    }
    case 'unknown_signer':
      return of(
        'unknown signer',
        'plain',
        'question',
        `The signature is valid, but its signer is not one that the publisher bound to this namespace.${PROVENANCE_TEXT[provenance]}`,
      );
    case 'invalid':
      return of(
        'invalid signature',
        'plain',
        'cross',
        'A signature came with the manifest and does not verify. It counts as not signed.',
      );
    case 'none':
      if (from?.origin === 'mirrored') {
        const where = from.upstream?.name ?? 'the catalog that it came from';
        const said = `Signatures are not taken over from an upstream. Look at ${where} for them.`;
        return of('no signature here', 'empty', null, said);
      }
      return of('not signed', 'empty', null, 'The manifest came without a signature. Nothing shows where it was made.');
  }
}

/** Worst active accusation or hygiene finding of each grade (DESIGN §1). */
export const GRADE_MEANING: Record<Grade, string> = {
  A: 'there is no accusation and no hygiene finding',
  B: 'the worst accusation or hygiene finding is of low severity',
  C: 'the worst accusation or hygiene finding is of medium severity',
  D: 'the worst accusation or hygiene finding is of high severity',
  F: 'the worst accusation or hygiene finding is critical',
};

const GRADE_TONE: Record<Grade, MarkTone> = { A: 'struck', B: 'struck', C: 'plain', D: 'heavy', F: 'heavy' };

const PART_NAME: Record<CoveragePart, string> = {
  manifest: 'the manifest',
  tools: 'tool definitions',
  package: 'the package',
  live: 'the running server',
};

/** What became of a newer scan, while the one before still counts. */
const NEWER_SCAN: Record<Marks['scan']['status'], string> = {
  none: '',
  done: '',
  queued: ' A new scan is queued.',
  running: ' A new scan is running.',
  failed: ' A newer scan did not finish.',
};

function describeScan({ scan }: Marks): MarkFace {
  const of = (word: string, tone: MarkTone, letter: Grade | null, text: string) =>
    face('scan', 'Scan', word, tone, letter, text);
  if (scan.scannedAt === null) {
    switch (scan.status) {
      case 'queued':
        return of('scan queued', 'pending', null, 'The scan of this version waits for a free worker.');
      case 'running':
        return of('scanning', 'pending', null, 'This version is being scanned now.');
      case 'failed':
        return of('scan failed', 'empty', null, 'The scan of this version did not finish, so there is no grade.');
      default:
        return of('not scanned', 'empty', null, 'This version has not been scanned.');
    }
  }
  const missing = uncoveredParts(scan.coverage);
  const coverage = missing.length === 0 ? '' : ` Not covered: ${missing.join(', ')}.`;
  const date = ` Scanned on ${formatDate(scan.scannedAt)}.${NEWER_SCAN[scan.status]}`;
  if (scan.grade === null) {
    const text = `There is no grade until tool definitions were seen.${coverage}${date}`;
    return of('not graded', 'empty', null, text);
  }
  const tone = scan.accusations ? 'accused' : GRADE_TONE[scan.grade];
  const text = `In what was covered, ${GRADE_MEANING[scan.grade]}.${coverage}${date}`;
  return of(`grade ${scan.grade}`, tone, scan.grade, text);
}

/** Names of the parts that a scan did not cover, in the order of DESIGN §1. */
export function uncoveredParts(coverage: Marks['scan']['coverage']): string[] {
  const parts: CoveragePart[] = ['manifest', 'tools', 'package', 'live'];
  return coverage === null ? [] : parts.filter((part) => !coverage[part].covered).map((part) => PART_NAME[part]);
}

const RISK_GLYPH: Record<Risk, Glyph> = { low: 'level-1', medium: 'level-2', high: 'level-3' };

/** As `riskOf` of scanners/grade.ts decides it. */
export const RISK_MEANING: Record<Risk, string> = {
  low: 'It reads, and nothing more was seen.',
  medium: 'It changes something, sends something out or holds a secret, or its tools were not seen.',
  high: 'It runs code, or has another capability of high severity.',
};

function describeRisk(risk: Risk | null): MarkFace {
  if (risk === null) {
    return face('risk', 'Risk', 'risk unknown', 'empty', null, 'It is not known what this server can do.');
  }
  return face(
    'risk',
    'Risk',
    `${risk} risk`,
    'plain',
    RISK_GLYPH[risk],
    `${RISK_MEANING[risk]} Risk says nothing about honesty and is never part of the grade.`,
  );
}
