import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { clientsTable, placesTable } from '#lib/exports/clients-table.ts';

const text = fs.readFileSync(path.join(import.meta.dirname, '../../docs/clients.md'), 'utf8');

it.each([
  ['clients', clientsTable()],
  ['places', placesTable()],
])('docs/clients.md has the table of %s as it is', (mark, table) => {
  expect(text.split(`<!-- ${mark} -->\n`)[1]?.split(`\n<!-- /${mark} -->`)[0]).toBe(table);
});
