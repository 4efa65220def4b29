import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { goldenFiles } from './support/golden.ts';

const files = goldenFiles();

describe('golden files (node tests/exports/update-golden.ts --write makes them anew)', () => {
  it.each(files)('$name', ({ path: file, text }) => {
    expect(text).toBe(fs.readFileSync(file, 'utf8'));
  });

  it('there are no others', () => {
    const folder = path.dirname(files[0]!.path);
    expect(fs.readdirSync(folder).sort()).toEqual(files.map(({ name }) => `${name}.golden`).sort());
  });
});
