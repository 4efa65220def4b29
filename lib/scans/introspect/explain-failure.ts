import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { SandboxEnd } from '../sandbox/types.ts';
import { escapeLine, lastLines } from './escape-lines.ts';
import type { IntrospectErrorCode, IntrospectFailure } from './types.ts';

/** What is known when a request failed. */
export type FailureFacts = {
  error: unknown;
  /** How the process ended; null while it runs. */
  end: SandboxEnd | null;
  stderrTail: string;
  isAborted: boolean;
  isGarbage: boolean;
  garbageLines: number;
  messages: number;
  /** What was asked, e.g. `initialize`. */
  asked: string;
  /** Whether the manifest asks for input that only a user can give. */
  needsInput: boolean;
};

const OUT_OF_MEMORY =
  /heap out of memory|Fatal process out of memory|std::bad_alloc|ERR_WORKER_OUT_OF_MEMORY|MemoryError/;
/** What is said when the kernel refuses the next process or thread. */
const OUT_OF_TASKS = /pthread_create|ERR_WORKER_INIT_FAILED|\bEAGAIN\b|Cannot fork|Resource temporarily unavailable/;
const NO_NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b|getaddrinfo|fetch failed|Temporary failure in name resolution/;
/** How servers ask for what they were not given. Lines are cut before, so the bounded gaps keep this linear. */
const ASKS_FOR_CONFIGURATION = [
  /\busage:/i,
  /\b(is|are) (required|missing|not set|not defined|not provided)\b/i,
  /\bmust be (set|provided|specified|given)\b/i,
  /\b(missing|required|requires|provide|set|specify)\b.{0,60}\b(environment|env|variables?|arguments?|config(uration)?|options?|parameters?|urls?|paths?|director(y|ies)|connection string)\b/i,
  /\b(missing|required|requires|provide|set|specify|no)\b.{0,60}(api[ _-]?key|token|secret|password|credential)/i,
  /\b([Mm]issing|[Rr]equired?|[Ss]et|[Pp]rovide|[Ss]pecify|[Nn]o)\b.{0,40}\b[A-Z][A-Z0-9]{0,30}(_[A-Z0-9]{1,30}){1,8}\b/,
  /\b[A-Z][A-Z0-9]{0,30}(_[A-Z0-9]{1,30}){1,8}\b.{0,40}\b(required|missing|not set|must|needed)\b/,
];

/** Turns what happened into a code, one sentence and the server's last words. */
export function explainFailure(facts: FailureFacts): IntrospectFailure {
  const { code, message } = judge(facts);
  return { code, message, stderr: lastLines(facts.stderrTail) };
}

function judge(facts: FailureFacts): { code: IntrospectErrorCode; message: string } {
  const { error, end, stderrTail, asked } = facts;
  if (facts.isAborted) return { code: 'ABORTED', message: 'The introspection was stopped.' };
  if (facts.isGarbage) {
    return {
      code: 'GARBAGE_OUTPUT',
      message: `The server wrote ${facts.garbageLines} lines that are no JSON-RPC messages, and was stopped.`,
    };
  }
  if (end?.kind === 'limit') return { code: end.limit, message: `The server was stopped. ${end.message}` };
  if (end?.kind === 'exited') return judgeExit(end, stderrTail, facts.needsInput, asked);
  if (error instanceof McpError && error.code === ErrorCode.RequestTimeout) {
    // A fork bomb may burn out at the kernel's limit between two looks of the watchdog, and then sit there.
    if (OUT_OF_TASKS.test(lastLines(stderrTail, REASON_LINES).join('\n'))) {
      return { code: 'TOO_MANY_PROCESSES', message: 'The server reached the limit of processes and threads.' };
    }
    if (facts.messages === 0 && facts.garbageLines > 0) {
      return {
        code: 'GARBAGE_OUTPUT',
        message: `The server answered ${asked} with ${facts.garbageLines} lines that are no JSON-RPC messages.`,
      };
    }
    const seconds = (error.data as { timeout?: number } | undefined)?.timeout;
    const time = seconds === undefined ? '' : ` within ${seconds / 1000} s`;
    return { code: 'SERVER_HANGS', message: `The server did not answer ${asked}${time}.` };
  }
  const words = escapeLine(error instanceof Error ? error.message : String(error));
  return { code: 'PROTOCOL_ERROR', message: `The server's answer to ${asked} is not usable: ${words}` };
}

/** Lines in which the reason of an exit is looked for: a message of Node is followed by its stack. */
const REASON_LINES = 40;

function judgeExit(
  { exitCode, signal }: { exitCode: number | null; signal: string | null },
  stderrTail: string,
  needsInput: boolean,
  asked: string,
): { code: IntrospectErrorCode; message: string } {
  const stderr = lastLines(stderrTail, REASON_LINES).join('\n');
  const how = signal ? `signal ${signal}` : `code ${exitCode}`;
  const ended = `The server ended with ${how} before it answered ${asked}`;
  if (OUT_OF_MEMORY.test(stderr)) return { code: 'MEMORY', message: `${ended}: it ran out of memory.` };
  if (OUT_OF_TASKS.test(stderr)) {
    return { code: 'TOO_MANY_PROCESSES', message: `${ended}: it reached the limit of processes and threads.` };
  }
  const complains = ASKS_FOR_CONFIGURATION.some((pattern) => pattern.test(stderr));
  if (complains && (needsInput || !NO_NETWORK.test(stderr))) {
    return { code: 'MISSING_CONFIGURATION', message: `${ended}: it asks for configuration that only a user has.` };
  }
  if (NO_NETWORK.test(stderr)) {
    return {
      code: 'NEEDS_NETWORK',
      message: `${ended}: it tried to reach the network, which the sandbox does not have.`,
    };
  }
  return { code: 'SERVER_EXITED', message: `${ended}.` };
}
