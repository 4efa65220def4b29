import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '#lib/manifest/index.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import type { ParsedPolicy } from './check-policy.ts';
import type { TextIssue } from './policy-text.ts';
import { COMPARISON_FACTS, CONTEXT_FACTS, PERSON_FACTS, VERSION_FACTS } from './schema.ts';

type Node = { [key: string]: unknown };
type Note = { message: string; hint: string };

/**
 * What in a valid text most likely was not meant: permits that a forbid always defeats, conditions that nothing can
 * meet, values that a fact never has, and `containsAll` over a set that may be empty. Sound where it speaks, and far from
 * complete: the dry run says what a policy really does.
 */
export function policyNotes(policies: readonly ParsedPolicy[]): TextIssue[] {
  const note = ({ message, hint }: Note, policy: ParsedPolicy | null): TextIssue => ({
    severity: 'warning',
    message,
    hint,
    place: policy?.place ?? null,
    policy: policy?.id ?? null,
  });
  const permits = policies.filter(({ effect }) => effect === 'permit');
  const forbids = policies.filter(({ effect }) => effect === 'forbid');
  const notes = policies.flatMap((policy) => ownNotes(policy).map((one) => note(one, policy)));
  for (const permit of permits) {
    const own = new Set(conditionsOf(permit));
    const winner = forbids.find((forbid) => conditionsOf(forbid).every((condition) => own.has(condition)));
    if (!winner) continue;
    const message = `"${permit.id}" never approves anything: whatever it permits, "${winner.id}" forbids.`;
    notes.push(note({ message, hint: 'A forbid wins over every permit. Narrow one of the two.' }, permit));
  }
  if (permits.length === 0) {
    const message = policies.length === 0 ? 'The text has no policy.' : 'No policy permits anything.';
    notes.push(note({ message, hint: 'Nothing will be approved without a person.' }, null));
  }
  return notes;
}

function ownNotes(policy: ParsedPolicy): Note[] {
  const parts = policy.json.conditions.flatMap(({ kind, body }) =>
    kind === 'when' ? conjuncts(body as unknown as Node) : [{ '!': { arg: body } } as Node],
  );
  const notes = [...valueNotes(parts), ...emptyNotes(policy, parts)];
  const clash = contradiction(parts);
  if (clash !== null)
    notes.push({ message: `"${policy.id}" never applies: ${clash}.`, hint: 'Its conditions contradict each other.' });
  if (policy.effect === 'permit' && conditionsOf(policy).length === 0)
    notes.push({
      message: `"${policy.id}" approves everything that nothing forbids.`,
      hint: 'Add a condition with when { … }.',
    });
  return notes;
}

/** Parts that all have to hold, as text to compare; what every request meets anyway is left out. */
function conditionsOf({ json }: ParsedPolicy): string[] {
  const scope = (['principal', 'action', 'resource'] as const)
    .filter((name) => name === 'principal' && json[name].op !== 'All')
    .map((name) => comparable({ [name]: json[name] }));
  const parts = json.conditions.flatMap(({ kind, body }) =>
    kind === 'when' ? conjuncts(body as unknown as Node) : [{ '!': { arg: body } } as Node],
  );
  return [...scope, ...parts.filter((part) => part.Value !== true).map((part) => comparable(part))];
}

/** The same text for the same expression, whatever the order of keys. */
const comparable = (node: object): string => Buffer.from(canonicalJson(node as unknown as JsonValue)).toString('utf8');

function conjuncts(node: Node): Node[] {
  const both = node['&&'] as { left: Node; right: Node } | undefined;
  return both ? [...conjuncts(both.left), ...conjuncts(both.right)] : [node];
}

const pair = (node: Node, ...operators: string[]): { operator: string; left: Node; right: Node } | null => {
  const operator = operators.find((name) => node[name] !== undefined);
  return operator === undefined ? null : { operator, ...(node[operator] as { left: Node; right: Node }) };
};

/** What contradicts in a list of conditions that all have to hold, in words; null where nothing is seen. */
function contradiction(parts: readonly Node[]): string | null {
  if (parts.some((part) => part.Value === false)) return 'a condition is false';
  const bounds = new Map<string, { path: string; equal: unknown[]; low: number; high: number }>();
  for (const part of parts) {
    const compared = pair(part, '==', '<', '<=', '>', '>=');
    if (!compared) {
      const denied = (part['!'] as { arg: Node } | undefined)?.arg;
      if (denied && parts.some((other) => isDeepStrictEqual(other, denied)))
        return 'a condition and its opposite are both asked for';
      continue;
    }
    const path = pathOf(compared.left);
    const value = compared.right.Value;
    if (path === null || value === undefined) continue;
    const bound = bounds.get(path) ?? { path, equal: [], low: -Infinity, high: Infinity };
    bounds.set(path, bound);
    if (compared.operator === '==') bound.equal.push(value);
    if (typeof value !== 'number') continue;
    const { operator } = compared;
    if (operator === '==' || operator === '>=') bound.low = Math.max(bound.low, value);
    if (operator === '>') bound.low = Math.max(bound.low, value + 1);
    if (operator === '==' || operator === '<=') bound.high = Math.min(bound.high, value);
    if (operator === '<') bound.high = Math.min(bound.high, value - 1);
  }
  for (const { path, equal, low, high } of bounds.values()) {
    if (new Set(equal).size > 1)
      return `${path} cannot be ${equal.map((value) => JSON.stringify(value)).join(' and ')} at once`;
    if (low > high) return `no number is in the range asked of ${path}`;
  }
  return null;
}

/** Strings that are compared with a fact which never has that value: a typing error makes a condition that never holds. */
function valueNotes(parts: readonly Node[]): Note[] {
  const notes = new Map<string, Note>();
  const compare = (path: string | null, literals: readonly unknown[]) => {
    const values = path === null ? undefined : VALUES.get(path);
    if (!values) return;
    for (const literal of literals) {
      if (typeof literal !== 'string' || values.includes(literal)) continue;
      const message = `${path} is never "${literal}".`;
      notes.set(message, { message, hint: `It is one of ${values.map((value) => `"${value}"`).join(', ')}.` });
    }
  };
  for (const part of parts) {
    walk(part, (node) => {
      const compared = pair(node, '==', '!=', 'contains', 'containsAll', 'containsAny');
      if (!compared) return;
      compare(pathOf(compared.left), literalsOf(compared.right));
      compare(pathOf(compared.right), literalsOf(compared.left));
    });
  }
  return [...notes.values()];
}

/** `["a"].containsAll(resource.hosts)` also holds where there are no hosts at all. */
function emptyNotes({ id, effect }: ParsedPolicy, parts: readonly Node[]): Note[] {
  if (effect !== 'permit') return [];
  const guarded = new Set(
    parts.flatMap((part) => {
      const empty = ((part['!'] as { arg: Node } | undefined)?.arg.isEmpty as { arg: Node } | undefined)?.arg;
      return empty ? [pathOf(empty)] : [];
    }),
  );
  return parts.flatMap((part) => {
    const all = pair(part, 'containsAll');
    const path = all && literalsOf(all.left).length > 0 ? pathOf(all.right) : null;
    if (path === null || guarded.has(path) || NEVER_EMPTY.has(path)) return [];
    const hint = `Add !${path}.isEmpty() where an empty set is not meant.`;
    return [{ message: `"${id}" also holds where ${path} is empty: containsAll asks nothing of an empty set.`, hint }];
  });
}

/** Absent rather than empty: schema.ts. */
const NEVER_EMPTY = new Set(['resource.hosts']);

const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ...valuesOf('resource', VERSION_FACTS),
  ...valuesOf('resource.approved', COMPARISON_FACTS),
  ...valuesOf('context', CONTEXT_FACTS),
  ...valuesOf('principal', PERSON_FACTS),
]);

function valuesOf(
  base: string,
  facts: Record<string, { type: string; values?: readonly string[] }>,
): [string, readonly string[]][] {
  return Object.entries(facts).flatMap(([name, { values }]) =>
    values ? [[`${base}.${name}`, values] as [string, readonly string[]]] : [],
  );
}

/** `resource.approved.worst`; null for anything but attributes of a variable. */
function pathOf(node: Node): string | null {
  if (typeof node.Var === 'string') return node.Var;
  const access = node['.'] as { left: Node; attr: string } | undefined;
  const base = access ? pathOf(access.left) : null;
  return base === null ? null : `${base}.${access!.attr}`;
}

function literalsOf(node: Node): unknown[] {
  if (Array.isArray(node.Set)) return node.Set.map((element) => (element as Node).Value);
  return Array.isArray(node.Value) ? node.Value : [node.Value];
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const child of node) walk(child, visit);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  visit(node as Node);
  for (const child of Object.values(node)) walk(child, visit);
}
