// Writes tests/exports/golden anew: node tests/exports/update-golden.ts --write. Look at every difference before you commit it.
import fs from 'node:fs';
import { goldenFiles } from './support/golden.ts';

if (!process.argv.includes('--write')) {
  console.error('Say --write to overwrite the golden files.');
  process.exitCode = 2;
} else {
  for (const { path, text } of goldenFiles()) fs.writeFileSync(path, text);
}
