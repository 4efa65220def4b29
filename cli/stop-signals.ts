/**
 * One Ctrl-C may arrive several times within milliseconds: the terminal signals the whole group, and the shell of `npm
 * start` and an older Node before us (hallmark.mjs) hand their signal on. Nobody asks twice as fast.
 */
export const SAME_SIGNAL_MS = 500;

/** Calls `stop` at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once with code 130. */
export function onStopSignals(stop: (signal: NodeJS.Signals) => void): void {
  let firstAt: number | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    if (firstAt === null) {
      firstAt = performance.now();
      stop(signal);
    } else if (performance.now() - firstAt >= SAME_SIGNAL_MS) {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}
