import type { CheckProblem } from './problems.ts';

export type CheckRequest = { method: 'GET' | 'OPTIONS'; url: string; headers: Record<string, string> };
/** Header names in small letters; one that came twice is joined by commas, as fetch does. */
export type CheckAnswer = { status: number; headers: Record<string, string>; text: string };
/** Why no answer came. */
export type CheckFailure = { reason: 'name' | 'refused' | 'tls' | 'timeout' | 'too-long'; detail: string };
/** Sends a request without following redirects. */
export type CheckAsk = (request: CheckRequest) => Promise<CheckAnswer | CheckFailure>;

/** One request as the client sends it, what came, and what is wrong with it. */
export type CheckStep = {
  title: string;
  request: CheckRequest | null;
  /** Null where nothing came, or nothing was sent. `excerpt` is the beginning of the body. */
  answer: { status: number; headers: Record<string, string>; excerpt: string } | null;
  problems: CheckProblem[];
};

export type ClientCheck = {
  client: string;
  title: string;
  baseUrl: string;
  steps: CheckStep[];
  /** `warned`: it works, and something should be mended. */
  outcome: 'works' | 'warned' | 'fails';
};
