/** Bounds of a comparison. What they leave out is said in a change of its own or in `Drift.cut`. */
export const DRIFT_LIMITS = {
  /** Changes reported, the worst first. */
  changes: 2_000,
  /** Changes looked for in one tool, prompt, resource, template or manifest. */
  changesPerSubject: 200,
  /** Steps that all text differences of one comparison may take together; texts after that are shown as replaced whole. */
  textSteps: 4_000_000,
  /** Words that may differ before a difference is put together from unique words alone. */
  edits: 400,
  /** Words remembered of a tool when looking for the name it had before. */
  renameWords: 300,
  /** Tools that may share a word before the word says nothing about which is which. */
  renamePostings: 40,
  /** UTF-16 units of an excerpt. */
  excerpt: 240,
} as const;
