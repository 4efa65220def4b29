import { LIMITS } from '../limits.ts';
import { compareLocations, compareText } from '../order.ts';
import { makeVisible } from '../text/excerpt.ts';
import { cutText } from '../text/fields.ts';
import type { FindingLocation } from '../types.ts';
import { DRIFT_LIMITS } from './limits.ts';
import { sha256, stableText } from './same-json.ts';
import { diffText, type TextBudget } from './text-diff.ts';
import { DRIFT_CLASSES, DRIFT_KINDS, type DriftChange, type DriftKind } from './types.ts';

type Facts = Pick<DriftChange, 'message' | 'location'> &
  Partial<Omit<DriftChange, 'kind' | 'class' | 'fingerprint' | 'before' | 'after'>>;

/** A change whose two sides are JSON values; `undefined` where there was or is nothing. */
export function changeOf(
  kind: DriftKind,
  { message, location, ...extra }: Facts,
  before?: unknown,
  after?: unknown,
): DriftChange {
  const [was, is] = [excerptOf(before), excerptOf(after)];
  return {
    kind,
    class: DRIFT_KINDS[kind],
    message,
    location,
    before: was,
    after: is,
    ...extra,
    fingerprint: sha256(
      JSON.stringify([
        kind,
        location.document,
        location.pointer,
        extra.ruleId ?? '',
        extra.evidence?.excerpt ?? '',
        textOf(before),
        textOf(after),
      ]),
    ),
  };
}

/** The change of one text into another, by words; null when both are the same. */
export function textChange(
  { where, location }: { where: string; location: FindingLocation },
  before: string | undefined,
  after: string | undefined,
  budget: TextBudget,
): DriftChange | null {
  const [was, is] = [before ?? '', after ?? ''];
  if (was === is) return null;
  const onlySpace = was !== '' && is !== '' && was.replace(/\s+/g, ' ').trim() === is.replace(/\s+/g, ' ').trim();
  const isBehind = cutText(was) === cutText(is);
  const verb = isBehind
    ? `changed behind its first ${LIMITS.fieldChars} characters`
    : was === ''
      ? 'was added'
      : is === ''
        ? 'was removed'
        : onlySpace
          ? 'changed in white space only'
          : 'changed';
  return changeOf(
    'text-changed',
    { message: `${capital(where)} ${verb}`, location, text: diffText(cutText(was), cutText(is), budget) },
    before,
    after,
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : stableText(value);

function excerptOf(value: unknown): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : stableText(value, DRIFT_LIMITS.excerpt * 2);
  const visible = makeVisible(text.slice(0, DRIFT_LIMITS.excerpt * 2).toWellFormed());
  return visible.length > DRIFT_LIMITS.excerpt ? `${visible.slice(0, DRIFT_LIMITS.excerpt).toWellFormed()}…` : visible;
}

const KIND_ORDER = Object.keys(DRIFT_KINDS);

/** Worst class first, then by kind and place. */
export const compareChanges = (a: DriftChange, b: DriftChange): number =>
  DRIFT_CLASSES.indexOf(a.class) - DRIFT_CLASSES.indexOf(b.class) ||
  KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
  compareLocations(a.location, b.location) ||
  compareText(a.fingerprint, b.fingerprint);
