import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

// `hallmark … | head` closes the pipe early: that is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await (await createProgram(process.argv)).parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error);
}
