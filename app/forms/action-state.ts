import type { ManifestIssue } from '#lib/manifest/types.ts';

/** What a form shows after it was sent. */
export type ActionState = {
  /** null: not sent yet. */
  ok: boolean | null;
  code: string | null;
  /** Sentence for the person; null where the page itself shows the change. */
  message: string | null;
  /** Faults by the name of their field. */
  faults: Record<string, string>;
  /** What was typed, so that a refused form comes back as it was, also without JavaScript. Secrets are never among them. */
  typed: Record<string, string>;
  /** What the form shows once, such as a new token. */
  result: Record<string, string> | null;
  /** Of a manifest that was sent in. */
  issues: ManifestIssue[];
};

export const NOT_SENT: ActionState = {
  ok: null,
  code: null,
  message: null,
  faults: {},
  typed: {},
  result: null,
  issues: [],
};

export type Action = (state: ActionState, form: FormData) => Promise<ActionState>;
