import { evidenceOf } from '../text/excerpt.ts';
import { CODE_LIMITS } from './limits.ts';
import type { CodePlace, PackageFile, Power, PowerKind, Sighting } from './types.ts';

type At = { s: number; e: number };

/** A file whose places can be named. `lines`: UTF-16 offset of the beginning of each line. */
export type Readable = { path: string; text: string; lines: number[] };

export const moduleOf = ({ path, text }: PackageFile): Readable => ({ path, text, lines: linesOf(text) });

export function linesOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A call may hold a whole program in its arguments; its beginning says enough. */
const SPAN_CHARS = 1_000;

/** Where in a file something stands: its line and the span with some text around it. */
export function placeOf({ path, text, lines }: Readable, { s, e }: At, decoded?: string): CodePlace {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] as number) <= s) low = middle;
    else high = middle - 1;
  }
  return { path, line: low + 1, evidence: evidenceOf(text, s, Math.min(Math.max(e, s + 1), s + SPAN_CHARS), decoded) };
}

/** Collects what is found, each thing once, within bounds. */
export class Sightings {
  readonly #sightings = new Map<string, Sighting>();
  readonly #counts = new Map<string, number>();
  readonly #powers = new Map<string, Power>();
  readonly #kinds = new Map<PowerKind, number>();

  sighting(module: Readable, at: At, parts: Omit<Sighting, 'path' | 'line' | 'evidence'> & { decoded?: string }): void {
    const { decoded, ...rest } = parts;
    const key = `${rest.ruleId} ${module.path} ${at.s}`;
    const known = this.#sightings.get(key);
    // A place reached by a tool says more than the same place alone.
    if (known !== undefined && (known.tool !== null || rest.tool === null)) return;
    const count = this.#counts.get(rest.ruleId) ?? 0;
    if (known === undefined && count >= CODE_LIMITS.sightingsPerRule) return;
    if (known === undefined) this.#counts.set(rest.ruleId, count + 1);
    this.#sightings.set(key, { ...placeOf(module, at, decoded), ...rest });
  }

  power(module: Readable, at: At, kind: PowerKind, what: string): void {
    const key = `${kind} ${what}`;
    let power = this.#powers.get(key);
    if (power === undefined) {
      const count = this.#kinds.get(kind) ?? 0;
      if (count >= CODE_LIMITS.powersPerKind) return;
      this.#kinds.set(kind, count + 1);
      power = { kind, what, places: [] };
      this.#powers.set(key, power);
    }
    if (power.places.length >= CODE_LIMITS.placesPerPower) return;
    const place = placeOf(module, at);
    if (!power.places.some(({ path, line }) => path === place.path && line === place.line)) power.places.push(place);
  }

  get sightings(): Sighting[] {
    return [...this.#sightings.values()];
  }

  get powers(): Power[] {
    return [...this.#powers.values()];
  }
}
