import type { FindingLocation, InputSnapshot } from '../types.ts';
import type { WalkResult } from './fields.ts';
import { walkStrings } from './fields.ts';
import { ScanText } from './scan-text.ts';

export type SubjectKind = 'tool' | 'prompt' | 'resource' | 'resource-template' | 'instructions' | 'manifest';

/** One thing that describes itself: a tool, a prompt, the server's instructions, the manifest. */
export type Subject = {
  kind: SubjectKind;
  /** What identifies it in its document; undefined for the manifest and the instructions. */
  name: string | undefined;
  document: FindingLocation['document'];
  texts: ScanText[];
  cuts: WalkResult['cuts'];
};

export type SnapshotTexts = {
  subjects: Subject[];
};

/** `_meta` and `$schema` belong to registries, not to the publisher's own words. */
const MANIFEST_SKIP: ReadonlySet<string> = new Set(['_meta', '$schema']);

const DOCUMENTS = {
  tool: 'tools.json',
  prompt: 'prompts.json',
  resource: 'resources.json',
  'resource-template': 'resource-templates.json',
  instructions: 'instructions',
  manifest: 'server.json',
} as const satisfies Record<SubjectKind, FindingLocation['document']>;

/** Everything in the snapshot that a model or a person reads, prepared for matching. */
export function snapshotTexts({ manifest, definitions }: InputSnapshot): SnapshotTexts {
  const subjects: Subject[] = [];
  const add = (kind: SubjectKind, name: string | undefined, value: unknown, skip?: ReadonlySet<string>) => {
    const base = name === undefined ? null : { parent: null, token: name };
    const { fields, cuts } = walkStrings(value, base, skip);
    const document = DOCUMENTS[kind];
    subjects.push({
      kind,
      name,
      document,
      cuts,
      texts: fields.map(
        (field) => new ScanText(kind === 'instructions' ? { ...field, kind: 'instructions' } : field, document, name),
      ),
    });
  };
  for (const tool of definitions.tools ?? []) add('tool', tool.name, tool);
  for (const prompt of definitions.prompts ?? []) add('prompt', prompt.name, prompt);
  for (const resource of definitions.resources ?? []) add('resource', resource.uri, resource);
  for (const template of definitions.resourceTemplates ?? []) add('resource-template', template.uriTemplate, template);
  if (definitions.instructions !== null) add('instructions', undefined, definitions.instructions);
  if (manifest !== null) add('manifest', undefined, manifest, MANIFEST_SKIP);
  return { subjects };
}
