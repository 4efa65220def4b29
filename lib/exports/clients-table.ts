import { EXPORT_CLIENTS, type ExportClient } from './clients.ts';

const REACHES: Record<ExportClient['reaches'][number], string> = {
  command: 'local commands',
  remote: 'remotes',
  image: 'images by digest',
};
const TOOLS: Record<ExportClient['tools'], string> = { none: 'no', allow: 'yes', ask: 'yes, and asks' };
const cell = (text: string) => text.replaceAll('|', '\\|');

/** Every client as a table of Markdown, for docs/clients.md; a test holds the two against each other. */
export function clientsTable(): string {
  const rows = Object.values(EXPORT_CLIENTS).map((client: ExportClient) =>
    [
      client.title,
      `\`${client.file}\``,
      client.reaches.map((reach) => REACHES[reach]).join(', '),
      client.isMatcher ? 'all approved' : 'the highest',
      TOOLS[client.tools],
      client.cannot,
      client.refresh,
      client.confidence,
    ]
      .map(cell)
      .join(' | '),
  );
  return [
    '| client | file | takes | versions | single tools | cannot | looks again | known |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** Where each file goes. */
export function placesTable(): string {
  const rows = Object.values(EXPORT_CLIENTS).flatMap((client: ExportClient) =>
    client.places.map(({ where, path }) => `| ${cell(client.title)} | ${cell(where)} | \`${cell(path)}\` |`),
  );
  return ['| client | where | path |', '|---|---|---|', ...rows].join('\n');
}
