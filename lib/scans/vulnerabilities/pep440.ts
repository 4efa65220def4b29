/**
 * Versions of Python packages, parsed and ordered as PEP 440 says. https://peps.python.org/pep-0440/
 */
export type Pep440 = {
  epoch: bigint;
  /** Without zeros at the end: 1.0 and 1 are one version. */
  release: bigint[];
  pre: [phase: 0 | 1 | 2, number: bigint] | null;
  post: bigint | null;
  dev: bigint | null;
  local: string[];
};

/** Appendix B of the PEP, without the nested repetition that would make it slow on long input. */
const PATTERN =
  /^v?(?:(\d{1,20})!)?(\d{1,20}(?:\.\d{1,20}){0,30})(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d{0,20}))?(?:-(\d{1,20})|[-_.]?(?:post|rev|r)[-_.]?(\d{0,20}))?(?:[-_.]?dev[-_.]?(\d{0,20}))?(?:\+([a-z0-9]{1,40}(?:[-_.][a-z0-9]{1,40}){0,10}))?$/;

const PHASE: Record<string, 0 | 1 | 2> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };

/** The parts of a version, or null where it is none. */
export function parsePep440(text: string): Pep440 | null {
  const match = PATTERN.exec(text.trim().toLowerCase());
  if (match === null) return null;
  const [, epoch, release = '0', phase, pre, implicitPost, post, dev, local] = match;
  const parts = release.split('.').map(BigInt);
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  const hasPost = post !== undefined || implicitPost !== undefined;
  return {
    epoch: BigInt(epoch ?? 0),
    release: parts,
    pre: phase === undefined ? null : [PHASE[phase] as 0 | 1 | 2, BigInt(pre || 0)],
    post: hasPost ? BigInt(implicitPost ?? (post || 0)) : null,
    dev: dev === undefined ? null : BigInt(dev || 0),
    local: local === undefined ? [] : local.split(/[-_.]/),
  };
}

/** Negative where `a` is the earlier one, 0 where both are the same version. */
export function comparePep440(a: Pep440, b: Pep440): number {
  return (
    order(a.epoch, b.epoch) ||
    compareLists(a.release, b.release, (x = 0n, y = 0n) => order(x, y)) ||
    compareLists(preKey(a), preKey(b), (x = 0n, y = 0n) => order(x, y)) ||
    order(a.post ?? -1n, b.post ?? -1n) ||
    // A development release comes before what it develops.
    compareDev(a.dev, b.dev) ||
    compareLists(a.local, b.local, compareLocal)
  );
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** 1.dev0 comes before 1a0, 1a0 before 1, 1 before 1.post0. */
function preKey({ pre, post, dev }: Pep440): bigint[] {
  if (pre !== null) return [BigInt(pre[0]), pre[1]];
  return post === null && dev !== null ? [-1n, 0n] : [3n, 0n];
}

function compareDev(a: bigint | null, b: bigint | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return order(a, b);
}

/** Numbers come after words, and more segments after fewer. */
function compareLocal(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return order(BigInt(a), BigInt(b));
  if (isNumberA !== isNumberB) return isNumberA ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists<T>(a: readonly T[], b: readonly T[], compare: (x?: T, y?: T) => number): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = compare(a[i], b[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}
