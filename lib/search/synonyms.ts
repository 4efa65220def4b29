/**
 * Words that people and manifests use for the same thing, for both indexes. Each list works in all directions, so it
 * holds only what is the same, not what is related.
 */
export const SYNONYMS: readonly (readonly string[])[] = [
  ['postgres', 'postgresql', 'pgsql'],
  ['kubernetes', 'k8s'],
  ['javascript', 'js'],
  ['typescript', 'ts'],
  ['python', 'py'],
  ['database', 'db'],
  ['mongo', 'mongodb'],
  ['elastic', 'elasticsearch'],
  ['repository', 'repo'],
  ['directory', 'folder'],
  ['email', 'mail', 'emails'],
  ['auth', 'authentication'],
  ['config', 'configuration'],
  ['docs', 'documentation'],
  ['image', 'picture', 'photo'],
  ['delete', 'remove'],
  ['gdrive', 'googledrive'],
  ['issue', 'ticket'],
];

const BY_WORD = new Map<string, string[]>();
for (const list of SYNONYMS) for (const word of list) BY_WORD.set(word, [...list.filter((other) => other !== word)]);

export const synonymsOf = (word: string): string[] => BY_WORD.get(word) ?? [];
