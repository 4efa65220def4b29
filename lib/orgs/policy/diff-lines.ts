export type DiffLine = { mark: ' ' | '+' | '-'; text: string };

/** Above this many pairs of lines everything between the common beginning and end counts as replaced. */
const MAX_PAIRS = 4_000_000;

/** The lines of two texts, told apart by their longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [was, is] = [before === '' ? [] : before.split('\n'), after === '' ? [] : after.split('\n')];
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start++;
  let end = 0;
  while (end < was.length - start && end < is.length - start && was.at(-1 - end) === is.at(-1 - end)) end++;
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ mark: ' ', text }));
  return [
    ...same(is.slice(0, start)),
    ...middle(was.slice(start, was.length - end), is.slice(start, is.length - end)),
    ...same(end === 0 ? [] : is.slice(-end)),
  ];
}

function middle(was: string[], is: string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ mark: '-', text });
  const added = (text: string): DiffLine => ({ mark: '+', text });
  if (was.length * is.length > MAX_PAIRS) return [...was.map(removed), ...is.map(added)];
  const width = is.length + 1;
  const lengths = new Uint16Array((was.length + 1) * width);
  for (let i = was.length - 1; i >= 0; i--)
    for (let j = is.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        was[i] === is[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < was.length && j < is.length) {
    if (was[i] === is[j]) {
      lines.push({ mark: ' ', text: is[j]! });
      i++;
      j++;
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) lines.push(removed(was[i++]!));
    else lines.push(added(is[j++]!));
  }
  return [...lines, ...was.slice(i).map(removed), ...is.slice(j).map(added)];
}
