import type { SearchRecord } from '#lib/search/types.ts';

type Short = {
  name: string;
  title?: string;
  description?: string;
  tools?: Record<string, string>;
  keywords?: string[];
  facets?: Partial<SearchRecord['facets']>;
};

/** A record with what a test says of it; everything else is empty or the commonest value. */
export function record({
  name,
  title = '',
  description = '',
  tools = {},
  keywords = [],
  facets = {},
}: Short): SearchRecord {
  return {
    serverId: `id-${name.replace(/[^a-z0-9]+/gi, '-')}`,
    name,
    title,
    description,
    toolNames: Object.keys(tools),
    toolDescriptions: Object.values(tools),
    keywords,
    facets: {
      grade: null,
      signature: 'none',
      publisher: 'unverified',
      risk: null,
      runsAs: ['npm'],
      category: null,
      origin: 'published',
      ...facets,
    },
    updatedAt: new Date('2026-11-12T10:00:00Z'),
  };
}

/** A small catalog in which every expectation of the behavioural suite has a server to find and one to leave out. */
export const CATALOG: SearchRecord[] = [
  record({
    name: 'io.github.lake/postgres',
    title: 'PostgreSQL',
    description: 'Read rows from a database and explain its schema',
    tools: { query: 'Runs one SQL statement that only reads', list_tables: 'Names of all tables' },
    keywords: ['database'],
    facets: { grade: 'A', risk: 'medium', category: 'database' },
  }),
  record({
    name: 'com.acme/data-hub',
    title: 'Data Hub',
    description: 'One door to many stores, among them Postgres',
    tools: { query_store: 'Asks a store' },
    facets: { grade: 'B', publisher: 'verified', signature: 'signed', category: 'database', runsAs: ['oci', 'remote'] },
  }),
  record({
    name: 'io.github.quill/search-desk',
    title: 'Search Desk',
    description: 'Query a help desk for articles',
    tools: { query: 'Searches articles', query_authors: 'Searches people' },
    facets: { grade: 'C', risk: 'low', category: 'support' },
  }),
  record({
    name: 'io.github.pine/filesystem',
    title: 'Filesystem',
    description: 'Files below the folders that you name',
    tools: {
      read_file: 'Returns the text of a file',
      write_file: 'Replaces a file',
      list_directory: 'Names in a folder',
    },
    facets: { grade: 'B', risk: 'high', category: 'files' },
  }),
  record({
    name: 'io.github.pine/notes',
    title: 'Notes',
    description: 'Keeps short notes in a file and can read them back',
    tools: { addNote: 'Adds a note', readNote: 'Reads a note' },
    facets: { grade: 'A', risk: 'low', category: 'files' },
  }),
  record({
    name: 'com.chatter.mcp/remote',
    title: 'Chatter',
    description: 'Messages and channels of Chatter',
    tools: { send_message: 'Posts into a channel', list_channels: 'Names of channels' },
    facets: {
      publisher: 'official',
      signature: 'signed',
      grade: 'A',
      risk: 'medium',
      runsAs: ['remote'],
      category: 'chat',
    },
  }),
  record({
    name: 'io.github.someone/chatter',
    title: 'Chatter',
    description: 'Messages and channels of Chatter. Chatter messages, Chatter channels.',
    tools: { chatter_send_message: 'Sends a Chatter message', chatter_read: 'Reads Chatter' },
    facets: { grade: 'D', risk: 'medium', category: 'chat' },
  }),
  record({
    name: 'io.github.owl/cafe-finder',
    title: 'Café Finder',
    description: 'Cafés und Bäckereien in Łódź und Köln',
    tools: { findCafe: 'Finds a café near a place' },
    facets: { category: 'travel' },
  }),
  record({
    name: 'io.github.owl/kubernetes',
    title: 'Kubernetes',
    description: 'Pods, deployments and services of a cluster',
    tools: { getPods: 'Lists pods' },
    facets: { category: 'cloud', runsAs: ['oci'] },
  }),
  record({
    name: 'io.github.owl/forecast',
    title: 'Openweather',
    description: 'Rain and sun for the next days',
    tools: { get_forecast: 'Weather of a place' },
    facets: { category: 'travel', runsAs: ['pypi'] },
  }),
  record({
    name: 'io.github.panda/ditu',
    title: '城市地图',
    description: '查询城市的天气和交通',
    tools: { search_place: '搜索地点' },
    facets: { category: 'travel', runsAs: ['pypi'] },
  }),
  record({
    name: 'io.github.github-fan/letters',
    title: 'Letters',
    description: 'Writes letters and sends an email to your customers',
    tools: { send_email: 'Sends one email', draft_letter: 'Drafts a letter' },
    facets: { category: 'chat' },
  }),
  record({
    name: 'io.github.forge/code-issues',
    title: 'GitHub Issues',
    description: 'Issues and pull requests on GitHub',
    tools: { create_issue: 'Opens an issue', list_issues: 'Lists issues of a repository' },
    facets: { grade: 'B', category: 'code' },
  }),
  ...Array.from({ length: 30 }, (_, i) =>
    record({
      name: `io.github.many/gauge-${String(i).padStart(2, '0')}`,
      title: `Gauge ${i}`,
      description: 'Reads one thermometer',
      tools: { measure: 'Returns degrees' },
      facets: { category: i % 2 ? 'sensors' : 'sensors "odd"' },
    }),
  ),
];
