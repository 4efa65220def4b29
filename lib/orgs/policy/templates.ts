import { z } from 'zod';
import { DomainError } from '#lib/http/domain-error.ts';
import { cedarSet, cedarString, splitList } from './cedar-literal.ts';

/** One choice of a template in a form. `list` is one text with commas or lines between its parts. */
export type TemplateParameter = {
  name: string;
  label: string;
  kind: 'grade' | 'days' | 'list' | 'severity';
  default: string;
  hint?: string;
};

export type PolicyTemplate = {
  id: string;
  title: string;
  says: string;
  /** `permit` templates approve; `forbid` ones deny whatever the others say. */
  effect: 'permit' | 'forbid';
  parameters: readonly TemplateParameter[];
  /** The Cedar text. Parameters have been checked; every text in it goes through `cedarString`. */
  cedar(parameters: Record<string, string>): string;
};

/** A template with what was chosen for it, as it is stored beside the text that it made. */
export type ChosenTemplate = { id: string; parameters: Record<string, string> };

const RANK: Readonly<Record<string, number>> = { A: 5, B: 4, C: 3, D: 2, F: 1 };
const SEVERITY = ['low', 'medium', 'high', 'critical'] as const;
const MAX_ITEMS = 200;

const grade = (name: string, label: string, standard: string): TemplateParameter => ({
  name,
  label,
  kind: 'grade',
  default: standard,
});
const list = (name: string, label: string, standard: string, hint?: string): TemplateParameter => ({
  name,
  label,
  kind: 'list',
  default: standard,
  ...(hint ? { hint } : {}),
});

const policy = (
  effect: 'permit' | 'forbid',
  { id, reason, when, unless }: { id: string; reason: string; when?: string[]; unless?: string[] },
): string =>
  [
    `@id(${cedarString(id)})`,
    `@reason(${cedarString(reason)})`,
    `${effect} (principal, action == Hallmark::Action::"approve", resource)`,
    ...(when ? [`when {\n  ${when.join(' &&\n  ')}\n}`] : []),
    ...(unless ? [`unless {\n  ${unless.join(' &&\n  ')}\n}`] : []),
  ]
    .join('\n')
    .concat(';\n');

const atLeast = (letter: string): string => `resource has gradeRank && resource.gradeRank >= ${RANK[letter]}`;

export const POLICY_TEMPLATES: readonly PolicyTemplate[] = [
  {
    id: 'trusted-read-only',
    title: 'Verified publishers, signed, read-only tools',
    says: 'Approves versions of verified publishers with a valid signature, a grade, no accusations, and tools that only read.',
    effect: 'permit',
    parameters: [grade('grade', 'Lowest grade', 'B')],
    cedar: (given) =>
      policy('permit', {
        id: 'trusted-read-only',
        reason: `Verified publisher, signed, grade ${given.grade} or better, every tool read-only.`,
        when: [
          '["verified", "official"].contains(resource.publisherLevel)',
          'resource.signature == "signed"',
          atLeast(given.grade!),
          'resource has accusations && resource.accusations == 0',
          'resource has readOnlyTools && resource.readOnlyTools',
        ],
      }),
  },
  {
    id: 'trusted',
    title: 'Verified publishers, signed, with a grade',
    says: 'The same without asking that tools only read.',
    effect: 'permit',
    parameters: [grade('grade', 'Lowest grade', 'A')],
    cedar: (given) =>
      policy('permit', {
        id: 'trusted',
        reason: `Verified publisher, signed, grade ${given.grade} or better.`,
        when: [
          '["verified", "official"].contains(resource.publisherLevel)',
          'resource.signature == "signed"',
          atLeast(given.grade!),
          'resource has accusations && resource.accusations == 0',
        ],
      }),
  },
  {
    id: 'namespaces-permit',
    title: 'Our own namespaces',
    says: 'Approves signed versions in namespaces that you name, without accusations.',
    effect: 'permit',
    parameters: [list('namespaces', 'Namespaces', '', 'e.g. com.example, io.github.example')],
    cedar: (given) =>
      policy('permit', {
        id: 'own-namespaces',
        reason: 'Signed, and in a namespace of our own.',
        when: [
          `${cedarSet(given.namespaces!)}.contains(resource.namespace)`,
          '["verified", "official"].contains(resource.publisherLevel)',
          'resource.signature == "signed"',
          'resource has accusations && resource.accusations == 0',
        ],
      }),
  },
  {
    id: 'unchanged-update',
    title: 'Updates that add nothing',
    says: 'Approves a new version of an approved server with the same signer, no new tools and no new permissions.',
    effect: 'permit',
    parameters: [],
    cedar: () =>
      policy('permit', {
        id: 'unchanged-update',
        reason: 'An update with the same signer, without new tools and permissions.',
        when: [
          'resource has approved',
          'resource.approved.newTools.isEmpty()',
          '!resource.approved.permissionsIncreased',
          '!resource.approved.signerChanged',
          'resource.signature == "signed"',
          'resource has accusations && resource.accusations == 0',
        ],
      }),
  },
  {
    id: 'no-accusations',
    title: 'No accusations, ever',
    says: 'Denies what a scan accuses of something, whatever permits it. Not scanned counts as accused.',
    effect: 'forbid',
    parameters: [],
    cedar: () =>
      policy('forbid', {
        id: 'no-accusations',
        reason: 'The scan found accusations, or there is no scan.',
        unless: ['resource has accusations && resource.accusations == 0'],
      }),
  },
  {
    id: 'minimum-grade',
    title: 'Minimum grade',
    says: 'Denies what has a worse grade. What was not graded waits for a person instead.',
    effect: 'forbid',
    parameters: [grade('grade', 'Lowest grade', 'C')],
    cedar: (given) =>
      policy('forbid', {
        id: 'minimum-grade',
        reason: `The grade is worse than ${given.grade}.`,
        when: [`resource has gradeRank && resource.gradeRank < ${RANK[given.grade!]}`],
      }),
  },
  {
    id: 'minimum-age',
    title: 'Not in its first days',
    says: 'Denies versions that are younger than so many days. The cool-down waits instead of denying.',
    effect: 'forbid',
    parameters: [{ name: 'days', label: 'Days', kind: 'days', default: '7' }],
    cedar: (given) =>
      policy('forbid', {
        id: 'minimum-age',
        reason: `Published less than ${given.days} days ago.`,
        when: [`resource.ageDays < ${given.days}`],
      }),
  },
  {
    id: 'remotes-only',
    title: 'No local code',
    says: 'Denies servers with packages: their code would run on the machines of your people.',
    effect: 'forbid',
    parameters: [],
    cedar: () =>
      policy('forbid', {
        id: 'remotes-only',
        reason: 'It runs code on the user’s machine.',
        when: ['resource.runsLocally || !resource.hasRemotes'],
      }),
  },
  {
    id: 'namespaces-only',
    title: 'Only these namespaces',
    says: 'Denies servers of every other namespace.',
    effect: 'forbid',
    parameters: [list('namespaces', 'Namespaces', '', 'e.g. com.example, io.github.example')],
    cedar: (given) =>
      policy('forbid', {
        id: 'namespaces-only',
        reason: 'Its namespace is not one of those that we use.',
        unless: [`${cedarSet(given.namespaces!)}.contains(resource.namespace)`],
      }),
  },
  {
    id: 'licences',
    title: 'Only these licences',
    says: 'Denies what has another licence, or none that is known.',
    effect: 'forbid',
    parameters: [list('licences', 'Licences', 'MIT, Apache-2.0, BSD-2-Clause, BSD-3-Clause, ISC', 'SPDX identifiers')],
    cedar: (given) =>
      policy('forbid', {
        id: 'licences',
        reason: 'Its licence is not one of those that we accept, or not known.',
        unless: [`resource has license && ${cedarSet(given.licences!)}.contains(resource.license)`],
      }),
  },
  {
    id: 'hosts',
    title: 'Remote hosts from a list',
    says: 'Denies servers with a remote on another host. Servers without remotes are not touched.',
    effect: 'forbid',
    parameters: [list('hosts', 'Hosts', '', 'e.g. mcp.example.com')],
    cedar: (given) =>
      policy('forbid', {
        id: 'hosts',
        reason: 'It has a remote on a host that is not on our list.',
        when: ['resource.hasRemotes'],
        unless: [`resource has hosts && ${cedarSet(given.hosts!.toLowerCase())}.containsAll(resource.hosts)`],
      }),
  },
  {
    id: 'provenance',
    title: 'Built from the declared repository',
    says: 'Denies what is not signed by a build of the repository that its manifest names.',
    effect: 'forbid',
    parameters: [],
    cedar: () =>
      policy('forbid', {
        id: 'provenance',
        reason: 'No signature shows that it was built from the declared repository.',
        unless: ['resource.signature == "signed"', 'resource.provenance == "matches"'],
      }),
  },
  {
    id: 'no-new-tools',
    title: 'No new tools against what is approved',
    says: 'Denies versions of an approved server with tools or permissions that the approved one did not have.',
    effect: 'forbid',
    parameters: [],
    cedar: () =>
      policy('forbid', {
        id: 'no-new-tools',
        reason: 'It has tools or permissions that the approved version did not have, or cannot be compared with it.',
        when: ['resource.hasApproved'],
        unless: [
          'resource has approved',
          'resource.approved.newTools.isEmpty()',
          '!resource.approved.permissionsIncreased',
        ],
      }),
  },
  {
    id: 'vulnerabilities',
    title: 'No known vulnerabilities',
    says: 'Denies what has a known vulnerability of this severity or worse, or malware. Nobody looked counts as one.',
    effect: 'forbid',
    parameters: [{ name: 'severity', label: 'From severity', kind: 'severity', default: 'high' }],
    cedar: (given) =>
      policy('forbid', {
        id: 'vulnerabilities',
        reason: `A known vulnerability of severity ${given.severity} or worse, or nobody looked.`,
        when: ['resource.runsLocally'],
        unless: [
          `resource has vulnerability && ${cedarSet(
            ['none', ...SEVERITY.slice(0, SEVERITY.indexOf(given.severity as never))].join(','),
          )}.contains(resource.vulnerability)`,
          'resource has malware && !resource.malware',
        ],
      }),
  },
  {
    id: 'pinned-packages',
    title: 'Pinned packages that name the server',
    says: 'Denies packages without an exact version and digest, and those whose registry says that they belong to somebody else.',
    effect: 'forbid',
    parameters: [],
    cedar: () =>
      policy('forbid', {
        id: 'pinned-packages',
        reason: 'A package is not pinned, or does not name this server.',
        when: ['resource.runsLocally'],
        unless: ['resource.packagesPinned', 'resource has ownership && resource.ownership == "proven"'],
      }),
  },
];

const days = z.coerce.number().int().min(1).max(365);

/** The text of several templates, one after the other. Throws UNPROCESSABLE with the parameter that cannot be. */
export function composeTemplates(chosen: readonly ChosenTemplate[]): string {
  const ids = chosen.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new DomainError('UNPROCESSABLE', `The template "${twice}" is chosen twice.`);
  return chosen
    .map(({ id, parameters }) => {
      const template = POLICY_TEMPLATES.find((one) => one.id === id);
      if (!template) throw new DomainError('UNPROCESSABLE', `There is no template "${id.slice(0, 60)}".`);
      return `// ${template.title}\n${template.cedar(checkParameters(template, parameters))}`;
    })
    .join('\n');
}

function checkParameters(template: PolicyTemplate, given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    template.parameters.map(({ name, label, kind, default: standard }) => {
      const value = (Object.hasOwn(given, name) ? given[name]! : standard).trim();
      const refuse = (message: string): never => {
        throw new DomainError('UNPROCESSABLE', `${template.title}, ${label}: ${message}.`, {
          field: `${template.id}.${name}`,
        });
      };
      if (kind === 'grade' && !Object.hasOwn(RANK, value)) refuse('one of A, B, C, D, F');
      if (kind === 'days' && !days.safeParse(value).success) refuse('a whole number from 1 to 365');
      if (kind === 'severity' && !(SEVERITY as readonly string[]).includes(value))
        refuse(`one of ${SEVERITY.join(', ')}`);
      if (kind === 'list') {
        const items = splitList(value);
        if (items.length === 0) refuse('name at least one');
        if (items.length > MAX_ITEMS) refuse(`at most ${MAX_ITEMS}`);
        if (items.some((item) => item.length > 200)) refuse('each has at most 200 characters');
      }
      return [name, kind === 'days' ? String(Number(value)) : value];
    }),
  );
}
