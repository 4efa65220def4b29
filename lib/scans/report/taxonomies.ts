import type { References, Rule } from '#scanners/types.ts';

/** An outside list that rules refer to by id. Ids and links only; the lists' texts are theirs. */
export type Taxonomy = { key: keyof References; name: string; organization: string; informationUri: string };

export const TAXONOMIES: readonly Taxonomy[] = [
  {
    key: 'owaspMcp',
    name: 'OWASP MCP Top 10',
    organization: 'OWASP',
    informationUri: 'https://owasp.org/www-project-mcp-top-10/',
  },
  {
    key: 'safeMcp',
    name: 'SAFE-MCP',
    organization: 'SAFE-MCP',
    informationUri: 'https://github.com/safe-agentic-framework/safe-mcp',
  },
  { key: 'cwe', name: 'CWE', organization: 'MITRE', informationUri: 'https://cwe.mitre.org/' },
];

/** The ids of one taxonomy that the rules refer to, each once, sorted. */
export const taxaOf = (rules: readonly Rule[], { key }: Taxonomy): string[] =>
  [...new Set(rules.flatMap(({ references }) => references[key] ?? []))].sort();
