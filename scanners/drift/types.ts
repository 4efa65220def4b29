import type { Confidence, Evidence, FindingLocation, InputSnapshot, Permission } from '../types.ts';
import type { PackageSight } from './compare-package.ts';
import type { TextPart } from './text-diff.ts';

/**
 * How much a change matters, from worst to least:
 * `accusation` words that poison were added; `permission-increase` it can do more, or asks for more; `origin` other code runs
 * or another address is named; `new-tool`; `interface` what callers send or get; `wording` words, and what changes with
 * every release; `removed`.
 */
export const DRIFT_CLASSES = [
  'accusation',
  'permission-increase',
  'origin',
  'new-tool',
  'interface',
  'wording',
  'removed',
] as const;
export type DriftClass = (typeof DRIFT_CLASSES)[number];

/** Every kind of change with its class. */
export const DRIFT_KINDS = {
  'poison-added': 'accusation',
  'signal-added': 'accusation',
  'permission-added': 'permission-increase',
  'secret-added': 'permission-increase',
  'power-added': 'permission-increase',
  'annotation-widened': 'permission-increase',
  'tool-swapped': 'permission-increase',
  'secret-asked': 'permission-increase',
  'action-added': 'permission-increase',
  'guard-lowered': 'permission-increase',
  'code-power-added': 'permission-increase',
  'behaviour-added': 'permission-increase',
  'install-script-added': 'permission-increase',
  'host-added': 'origin',
  'package-content': 'origin',
  'vulnerability-added': 'origin',
  'package-added': 'origin',
  'package-replaced': 'origin',
  'remote-added': 'origin',
  'remote-replaced': 'origin',
  'repository-changed': 'origin',
  'tool-added': 'new-tool',
  'tool-renamed': 'interface',
  'parameter-added': 'interface',
  'parameter-removed': 'interface',
  'parameter-required': 'interface',
  'parameter-optional': 'interface',
  'parameter-changed': 'interface',
  'output-changed': 'interface',
  'annotation-changed': 'interface',
  'entry-added': 'interface',
  'entry-changed': 'interface',
  'input-added': 'interface',
  'input-changed': 'interface',
  'transport-changed': 'interface',
  'manifest-changed': 'interface',
  'code-fault-added': 'interface',
  'not-compared': 'interface',
  'text-changed': 'wording',
  'package-version': 'wording',
  'dependency-added': 'wording',
  'tool-removed': 'removed',
  'permission-removed': 'removed',
  'entry-removed': 'removed',
  'input-removed': 'removed',
  'package-removed': 'removed',
  'dependency-removed': 'removed',
  'remote-removed': 'removed',
} as const satisfies Record<string, DriftClass>;
export type DriftKind = keyof typeof DRIFT_KINDS;

/** What is compared: the snapshot of a scan, and what that scan stored about the package it fetched. */
export type ComparedSnapshot = InputSnapshot & { sight?: PackageSight | null };

export type DriftChange = {
  kind: DriftKind;
  class: DriftClass;
  /** What happened, as a sentence without its full stop. */
  message: string;
  /** In the later snapshot; of what was removed, in the earlier one. */
  location: FindingLocation;
  /** Excerpts of one line with nothing invisible in them; null where there was or is nothing. */
  before: string | null;
  after: string | null;
  /** Of a changed text: the whole of it, cut up; as the server sent it. */
  text?: TextPart[];
  /** Of an accusation. */
  ruleId?: string;
  confidence?: Confidence;
  evidence?: Evidence;
  /** Hex sha256 over kind, place and both sides: the same however often the two are compared. */
  fingerprint: string;
};

/** What identifies a thing that may not have been seen on one side. */
export type DriftPart =
  | 'manifest'
  | 'package'
  | 'tools'
  | 'prompts'
  | 'resources'
  | 'resourceTemplates'
  | 'instructions';

export type Drift = {
  /** Sorted: worst class first, then by kind, document and pointer. */
  changes: DriftChange[];
  /** null when nothing changed. */
  worst: DriftClass | null;
  permissions: { added: Permission[]; removed: Permission[] };
  tools: {
    added: string[];
    removed: string[];
    renamed: { from: string; to: string }[];
    /** Names that they have now. */
    changed: string[];
    unchanged: number;
  };
  /** Seen on one side only, so nothing is said about them. */
  notCompared: DriftPart[];
  /** Changes left out because of `DRIFT_LIMITS.changes`. */
  cut: number;
  /** Hex sha256 over the fingerprints of all changes. */
  fingerprint: string;
};
