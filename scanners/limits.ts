/**
 * Bounds of a scan. Whatever is left out because of them is reported by `scan.input-cut` (info), so that nothing is
 * skipped in silence.
 */
export const LIMITS = {
  /** UTF-16 units read of one text field. The longest honest field in 4,745 measured tools has 10,205. */
  fieldChars: 32_768,
  /** Levels of nesting read of a definition or a manifest. */
  depth: 64,
  /** Text fields read of one tool, prompt, resource, template or manifest. */
  fieldsPerSubject: 10_000,
  /** Objects, lists and values visited in one of them, so that a graph that shares or repeats parts ends. */
  nodesPerSubject: 200_000,
  /** Places of one signal remembered for one of them. */
  hitsPerSignalAndSubject: 40,
  /** Findings one rule may report about one subject. */
  findingsPerRuleAndSubject: 25,
  /** Further places kept with a finding that occurs more than once. */
  otherPlaces: 20,
  /** UTF-16 units of the offending span shown in an excerpt before its middle is left out. */
  excerptSpan: 240,
  /** UTF-16 units shown on each side of the span. */
  excerptContext: 60,
  /** UTF-16 units of a decoded message kept as evidence. */
  decodedChars: 2_000,
  /** UTF-16 units one sentence may have before it is divided. */
  sentenceChars: 800,
} as const;
