import { parseJsonObject } from './json.ts';
import { type CheckProblemCode, checkProblem } from './problems.ts';
import type { CheckAnswer, CheckAsk, CheckFailure, CheckRequest, CheckStep } from './types.ts';

const EXCERPT = 300;
const SHOWN_HEADERS = [
  'content-type',
  'cache-control',
  'age',
  'location',
  'www-authenticate',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'server',
  'via',
];
const FAILURES: Record<CheckFailure['reason'], CheckProblemCode> = {
  name: 'NAME_UNKNOWN',
  refused: 'REFUSED',
  tls: 'TLS',
  timeout: 'TIMEOUT',
  'too-long': 'TOO_LONG',
};

export type SendOptions = {
  method?: CheckRequest['method'];
  headers?: Record<string, string>;
  /** Statuses other than 200 that the client is fine with. */
  admits?: readonly number[];
  /** The body is JSON unless told. */
  isJson?: boolean;
  /** The client is a page in a browser. */
  isBrowser?: boolean;
};

/** Plays one client: sends what it sends, in its order, and writes down what is wrong. */
export class Player {
  readonly steps: CheckStep[] = [];
  readonly baseUrl: string;
  readonly client: string;
  readonly #token: string | null;
  readonly #ask: CheckAsk;

  constructor({
    baseUrl,
    client,
    token,
    ask,
  }: { baseUrl: string; client: string; token: string | null; ask: CheckAsk }) {
    this.baseUrl = baseUrl;
    this.client = client;
    this.#token = token;
    this.#ask = ask;
  }

  /** A step without a request: what can be said of the address itself. */
  note(title: string): void {
    this.steps.push({ title, request: null, answer: null, problems: [] });
  }

  /** Writes down a problem of the last step. */
  say(code: CheckProblemCode, fill: Record<string, string> = {}): void {
    this.steps.at(-1)!.problems.push(checkProblem(code, { client: this.client, ...fill }));
  }

  /** The answer, or null where none came that the client could go on with; why is written down. */
  async send(title: string, path: string, options: SendOptions = {}): Promise<CheckAnswer | null> {
    const { method = 'GET', headers = {}, admits = [], isJson = true, isBrowser = false } = options;
    const url = `${this.baseUrl.replace(/\/+$/, '')}${path}`;
    const authorization: Record<string, string> = this.#token ? { authorization: `Bearer ${this.#token}` } : {};
    const request: CheckRequest = { method, url, headers: { ...headers, ...authorization } };
    const shown = { ...request, headers: { ...headers, ...(this.#token ? { authorization: 'Bearer …' } : {}) } };
    const step: CheckStep = { title, request: shown, answer: null, problems: [] };
    this.steps.push(step);
    const answer = await this.#ask(request);
    if ('reason' in answer) {
      this.say(FAILURES[answer.reason], { host: new URL(url).host, reason: answer.detail, limit: answer.detail });
      return null;
    }
    step.answer = {
      status: answer.status,
      headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => SHOWN_HEADERS.includes(name))),
      excerpt: answer.text.slice(0, EXCERPT),
    };
    this.#checkCaching(answer);
    if (isBrowser) this.#checkCors(answer, method);
    if (admits.includes(answer.status)) return answer;
    if (method === 'OPTIONS') return this.#checkPreflight(answer);
    if (!this.#checkStatus(answer, url)) return null;
    return !isJson || this.#checkJson(answer) ? answer : null;
  }

  #checkStatus({ status, headers, text }: CheckAnswer, url: string): boolean {
    if (status === 200) return true;
    const isOurs = parseJsonObject(text)?.error !== undefined;
    if (status >= 300 && status < 400) this.#sayRedirect(headers.location ?? '', url);
    else if (status === 401 && isOurs) this.say(this.#token ? 'TOKEN_REFUSED' : 'AUTH_REQUIRED');
    else if (status === 401 || status === 403 || status === 407) this.say('PROXY_AUTH', { status: String(status) });
    else if (status === 404) this.say(isOurs ? 'KEY_WRONG' : 'NOT_FOUND');
    else if (status === 429) this.say('LIMITED');
    else if (status >= 500) this.say('SERVER_ERROR', { status: String(status) });
    else this.say('STATUS', { status: String(status), expected: '200' });
    return false;
  }

  #sayRedirect(location: string, asked: string): void {
    const [from, to] = [new URL(asked), URL.parse(location, asked)];
    const path = ({ pathname }: URL) => decodeURIComponent(pathname).replace(/\/+/g, '/').replace(/\/$/, '');
    const shown = { location: (to?.href ?? location).slice(0, 200) || 'nowhere' };
    const isToHttps = to?.hostname === from.hostname && to.protocol === 'https:' && from.protocol === 'http:';
    const isSamePath = to?.host === from.host && safely(() => path(to) === path(from));
    this.say(isToHttps ? 'REDIRECT_HTTPS' : isSamePath ? 'REDIRECT_SLASH' : 'REDIRECT_LOGIN', shown);
  }

  #checkJson({ headers, text }: CheckAnswer): boolean {
    const type = headers['content-type'] ?? 'none';
    const isPage = /^\s*(?:<!doctype|<html)/i.test(text);
    if (isPage) this.say('PAGE');
    else if (!/^application\/(?:[\w.+-]+\+)?json(?:;|$)/i.test(type)) this.say('CONTENT_TYPE', { type });
    else if (parseJsonObject(text) === null) this.say('BROKEN_JSON');
    else return true;
    return false;
  }

  #checkCaching({ headers }: CheckAnswer): void {
    if (Number(headers.age ?? 0) > 0) this.say('CACHED', { age: headers.age! });
    const control = headers['cache-control'] ?? '';
    if (/\bpublic\b|\bs-maxage\b/i.test(control)) this.say('CACHE_CHANGED', { control });
  }

  #checkCors({ headers }: CheckAnswer, method: string): void {
    const list = (name: string) => (headers[name] ?? '').split(',').map((item) => item.trim().toLowerCase());
    const origin = headers['access-control-allow-origin'];
    if (list('access-control-allow-origin').length > 1)
      this.say('CORS_TWICE', { header: 'Access-Control-Allow-Origin' });
    else if (origin !== '*') this.say('CORS_ORIGIN', { value: origin ?? 'missing' });
    const has = (name: string, ...items: string[]) => items.every((item) => list(name).includes(item));
    if (!has('access-control-allow-methods', 'get', 'options')) {
      this.say('CORS_METHODS', { value: headers['access-control-allow-methods'] ?? 'missing' });
    }
    if (method === 'OPTIONS' && !has('access-control-allow-headers', 'authorization', 'content-type')) {
      this.say('CORS_HEADERS', { value: headers['access-control-allow-headers'] ?? 'missing' });
    }
  }

  #checkPreflight(answer: CheckAnswer): CheckAnswer | null {
    if (answer.status === 200 || answer.status === 204) return answer;
    this.say('PREFLIGHT', { status: String(answer.status) });
    return null;
  }
}

function safely(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
