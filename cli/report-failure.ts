/** Codes of errors whose message was written for the person at the terminal. */
const isForPeople = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string';

/** Prints why a command failed and returns its exit code. A fault of ours keeps its stack: it is for a report. */
export function reportFailure(error: unknown): number {
  if (isForPeople(error)) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
