import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';

type LogContext = { requestId?: string; jobId?: string };

const context = new AsyncLocalStorage<LogContext>();

/** Runs `work` so that every log line in it carries the ids of `ids`. */
export const withLogContext = <T>(ids: LogContext, work: () => T): T =>
  context.run({ ...context.getStore(), ...ids }, work);

export const currentRequestId = () => context.getStore()?.requestId;

/** This module is loaded before the configuration is parsed, which then refuses a level that does not exist. */
function levelOf(text = ''): string {
  return text === 'silent' || Object.hasOwn(pino.levels.values, text) ? text : 'info';
}

/** Structured log lines on standard error; standard output is for what a command answers. */
export const log = pino(
  {
    level: levelOf(process.env.LOG_LEVEL),
    base: { process: process.env.HALLMARK_PROCESS ?? 'hallmark' },
    mixin: () => context.getStore() ?? {},
    redact: ['authorization', '*.authorization', 'headers.cookie', 'token', '*.token'],
    formatters: { level: (level) => ({ level }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  },
  process.stderr.isTTY ? prettyStream() : pino.destination({ fd: 2, sync: true }),
);

function prettyStream() {
  return pino.transport({
    target: 'pino-pretty',
    options: {
      destination: 2,
      translateTime: 'HH:MM:ss',
      ignore: 'pid,hostname,process',
      messageFormat: '{process}: {msg}',
    },
  });
}
