/** How well a format is known: read in source or the vendor's documentation, seen in an excerpt, or general knowledge. */
export type FormatConfidence = 'V' | 'D' | 'G';

export type ExportClient = {
  title: string;
  /** Name of the file that is served and written. */
  file: string;
  contentType: 'application/json' | 'application/yaml' | 'text/plain';
  /** Where the admin puts it, one line a place. */
  places: { where: string; path: string }[];
  /** What to do with it, in order. */
  steps: string[];
  /** When the client looks at it again. */
  refresh: string;
  enforces: string;
  cannot: string;
  /** `allow`: holds back every tool that is not named; `ask`: also asks a person; `none`: knows no tools. */
  tools: 'none' | 'allow' | 'ask';
  /** Ways to reach a server that it can say. */
  reaches: ('command' | 'remote' | 'image')[];
  /** It lists every approved version; otherwise only the highest one. */
  isMatcher?: true;
  /** It has no place for the variables of a server. */
  takesNoVariables?: true;
  /** It can be pointed to a registry too. */
  takesRegistry?: true;
  confidence: FormatConfidence;
};
