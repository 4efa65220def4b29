import { LIMITS } from '../limits.ts';
import type { SnapshotTexts, Subject } from '../text/snapshot-texts.ts';
import { concealFromUser, hush, unasked } from './conceal.ts';
import {
  callsStranger,
  crossToolPrecondition,
  fleetWide,
  forbidsOther,
  rulesOverOthers,
  siblingPrecondition,
  toolPresence,
} from './cross-tool.ts';
import {
  conversationGrab,
  externalSink,
  hostValue,
  namesExfiltration,
  secretCollection,
  sideChannelParameter,
  smuggledContents,
  telltaleAddress,
} from './exfiltration.ts';
import { foreignConceal, foreignCrossTool, foreignObligation, foreignOverride, foreignSink } from './foreign.ts';
import {
  farPadding,
  hiddenComment,
  hiddenMarkup,
  misplacedProse,
  padding,
  pictureBeacon,
  plantedText,
} from './hiding-places.ts';
import { newRole, overridePhrase, privilegeClaim, roleTakeover, safetyBypass } from './override.ts';
import { contentsParameter, contextParameter } from './parameters.ts';
import {
  chosenWhatever,
  claimsReplacement,
  declaresOtherUnfit,
  obligation,
  outputControl,
  pretext,
  shellInProse,
  threat,
  vouchesForItself,
} from './pressure.ts';
import { addressesModel, adviceTag, authorityLabel, roleTag } from './role-tags.ts';
import { sensitivePath } from './sensitive-path.ts';
import { argumentTampering, passiveTampering } from './tampering.ts';
import type { Signal, SignalHit, SubjectFacts } from './types.ts';

/** Read in prose: descriptions, instructions, and any other string written in words. */
export const PROSE_SIGNALS: readonly Signal[] = [
  overridePhrase,
  newRole,
  foreignOverride,
  concealFromUser,
  foreignConceal,
  roleTag,
  hiddenComment,
  hiddenMarkup,
  farPadding,
  crossToolPrecondition,
  foreignCrossTool,
  argumentTampering,
  passiveTampering,
  siblingPrecondition,
  forbidsOther,
  callsStranger,
  rulesOverOthers,
  fleetWide,
  toolPresence,
  roleTakeover,
  safetyBypass,
  privilegeClaim,
  hush,
  unasked,
  adviceTag,
  authorityLabel,
  addressesModel,
  padding,
  externalSink,
  foreignSink,
  smuggledContents,
  conversationGrab,
  secretCollection,
  hostValue,
  obligation,
  foreignObligation,
  pretext,
  vouchesForItself,
  threat,
  shellInProse,
  outputControl,
  claimsReplacement,
  declaresOtherUnfit,
  chosenWhatever,
  telltaleAddress,
  namesExfiltration,
  misplacedProse,
  pictureBeacon,
  plantedText,
];

/** Read in short strings as well. */
export const SHORT_SIGNALS: readonly Signal[] = [
  sensitivePath,
  sideChannelParameter,
  contentsParameter,
  contextParameter,
];

const ALL_SIGNALS: readonly Signal[] = [...PROSE_SIGNALS, ...SHORT_SIGNALS];

/** What the signals may know about a subject; `siblings` are the names of the server's tools. */
export function factsOf(subject: Subject, siblings: ReadonlySet<string>): SubjectFacts {
  const ownWords = new Set<string>();
  for (const { kind, original } of subject.texts) {
    if (kind === 'key' || (kind === 'value' && original.length <= 60)) ownWords.add(original);
  }
  const about = subject.texts.filter(({ kind, isNested }) => !isNested && (kind === 'description' || kind === 'title'));
  return { name: subject.name ?? '', about: about.map(({ original }) => original).join(' '), ownWords, siblings };
}

/** Every signal in the texts of a subject, in the order of texts and signals. */
export function signalsOf(subject: Subject, facts: SubjectFacts): SignalHit[] {
  const hits: SignalHit[] = [];
  const counts = new Map<Signal, number>();
  for (const text of subject.texts) {
    for (const signal of text.isProse ? ALL_SIGNALS : SHORT_SIGNALS) {
      const count = counts.get(signal) ?? 0;
      if (count >= LIMITS.hitsPerSignalAndSubject) continue;
      const spans = signal.find(text, facts);
      if (spans.length > 0) counts.set(signal, count + spans.length);
      for (const span of spans) hits.push({ ...span, signal, text });
    }
  }
  return hits;
}

/** UTF-16 units within which two weak signals of one text belong together. A poisoned text is short: half have under 340. */
const NEIGHBOURHOOD = 500;

export type SubjectSignals = { subject: Subject; facts: SubjectFacts; hits: SignalHit[] };

/** Scans of one snapshot share its texts; the signals in them are worked out once and go when the texts go. */
const known = new WeakMap<SnapshotTexts, SubjectSignals[]>();

/** The signals of every subject of a snapshot. */
export function subjectSignals(texts: SnapshotTexts): SubjectSignals[] {
  const before = known.get(texts);
  if (before !== undefined) return before;
  const tools = new Set(texts.subjects.filter(({ kind }) => kind === 'tool').map(({ name }) => name ?? ''));
  const signals = texts.subjects.map((subject) => {
    const facts = factsOf(subject, tools);
    return { subject, facts, hits: signalsOf(subject, facts) };
  });
  known.set(texts, signals);
  return signals;
}

/** Groups about manner only: how something is said, not what is done. Honest vendors shout and insist too. */
const MANNERS: ReadonlySet<string> = new Set([
  'obligation',
  'pretext',
  'output',
  'threat',
  'role-tag',
  'unasked',
  'conceal',
  'hiding-place',
]);
const ENOUGH_MANNERS = 3;
/** Manners that two honest sentences seldom share with another: one of them must be in a pair. */
const FURTIVE: ReadonlySet<string> = new Set(['conceal', 'unasked', 'threat', 'hiding-place']);

export type Combination = {
  hits: SignalHit[];
  /** `firm`: a deed with something else, or three manners. `tentative`: two manners, one of them furtive. */
  weight: 'firm' | 'tentative';
};

/** The weak hits that stand together: of different groups, near each other in one text or in two texts of the subject. */
export function combinedWeak(hits: readonly SignalHit[]): Combination | null {
  const weak = hits.filter(({ signal }) => signal.strength === 'weak');
  const combinations = weak.map(
    (hit) => new Set(weak.filter((other) => areNeighbours(hit, other)).map(({ signal }) => signal.group)),
  );
  const isFirm = (groups: Set<string>) =>
    groups.size >= ENOUGH_MANNERS || (groups.size === 2 && [...groups].some((group) => !MANNERS.has(group)));
  const counts = (groups: Set<string>) =>
    isFirm(groups) || (groups.size === 2 && [...groups].some((group) => FURTIVE.has(group)));
  const together = weak.filter((_, i) => counts(combinations[i] as Set<string>));
  if (together.length === 0) return null;
  return { hits: together, weight: combinations.some(isFirm) ? 'firm' : 'tentative' };
}

const areNeighbours = (a: SignalHit, b: SignalHit): boolean =>
  a.text !== b.text || Math.abs(a.start - b.start) <= NEIGHBOURHOOD;
