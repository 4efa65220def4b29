import type { Input, Manifest } from '#lib/manifest/types.ts';
import { type ManifestInput, manifestInputs } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import { changeOf } from './change.ts';
import { pairByKey } from './pair-entries.ts';
import { isSameJson } from './same-json.ts';
import type { DriftChange } from './types.ts';

/** Which package and which remote of the earlier manifest became which of the later one: `[before, after]`. */
export type Holders = { packages: (readonly [number, number])[]; remotes: (readonly [number, number])[] };

const ROLES: Record<ManifestInput['role'], string> = {
  environment: 'Environment variable',
  header: 'Header',
  'runtime-argument': 'Runtime argument',
  'package-argument': 'Package argument',
  'url-variable': 'URL variable',
};

/**
 * What the server is started or called with: environment variables, arguments, headers, URL variables. Matched by package or
 * remote, role and name; arguments without a name by their order. New secrets are permissions and said there too.
 */
export function compareInputs(before: Manifest, after: Manifest, holders: Holders): DriftChange[] {
  const earlier = keyed(before, (kind, index) => holders[kind].find(([was]) => was === index)?.[1] ?? `gone ${index}`);
  const later = keyed(after, (_kind, index) => index);
  const { both, added, removed } = pairByKey(earlier, later, ({ key }) => key);
  const place = ({ pointer }: ManifestInput) => ({ document: 'server.json', pointer }) as const;
  return [
    ...added.map(({ input }) => {
      const message = `${labelOf(input)} is ${input.input.isRequired ? 'new and required' : 'new'}`;
      return changeOf('input-added', { message, location: place(input) }, undefined, shownInput(input));
    }),
    ...removed.map(({ input }) =>
      changeOf('input-removed', { message: `${labelOf(input)} is gone`, location: place(input) }, shownInput(input)),
    ),
    ...both
      .filter(({ before: was, after: is }) => !isSameJson(ownOf(was.input.input), ownOf(is.input.input)))
      .map(({ before: was, after: is }) => {
        const onlyWords = isSameJson(
          { ...ownOf(was.input.input), description: '' },
          { ...ownOf(is.input.input), description: '' },
        );
        const message = `${labelOf(is.input)}: ${onlyWords ? 'its description' : 'what it takes or sets'} changed`;
        const sides = [was, is].map(({ input }) => (onlyWords ? input.input.description : ownOf(input.input)));
        return changeOf(
          onlyWords ? 'text-changed' : 'input-changed',
          { message, location: place(is.input) },
          sides[0],
          sides[1],
        );
      }),
  ];
}

type Keyed = { key: string; input: ManifestInput };

function keyed(manifest: Manifest, holderOf: (kind: keyof Holders, index: number) => string | number): Keyed[] {
  const ordinals = new Map<string, number>();
  return manifestInputs(manifest).map((input) => {
    const [, kind, index] = input.pointer.split('/') as [string, keyof Holders, string];
    const parts = [kind, holderOf(kind, Number(index)), input.role, input.carrier, input.name];
    if (input.name !== '') return { key: JSON.stringify(parts), input };
    const group = JSON.stringify(parts);
    const ordinal = ordinals.get(group) ?? 0;
    ordinals.set(group, ordinal + 1);
    return { key: JSON.stringify([...parts, ordinal]), input };
  });
}

const labelOf = ({ role, name, carrier }: ManifestInput): string => {
  if (name === '') return `${ROLES[role]} without a name`;
  return `${ROLES[role]} ${shown(name)}${carrier !== name ? ` in ${shown(carrier)}` : ''}`;
};

/** Without the variables inside its value, which are inputs of their own. */
function ownOf(input: Input & { variables?: unknown }): Record<string, unknown> {
  const { variables: _, ...own } = input;
  return own;
}

const shownInput = ({ name, input }: ManifestInput): string =>
  input.value ?? (name === '' ? (input.default ?? '') : name);
