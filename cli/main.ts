import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

try {
  await (await createProgram(process.argv)).parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error);
}
