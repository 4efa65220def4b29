import type { z } from 'zod';
import type { JsonObject } from '#lib/manifest/types.ts';
import type { Answer } from './http-client.ts';
import { CaseFailure, CaseSkip } from './outcome.ts';

/** Fails unless the condition holds. */
export function ensure(condition: boolean, answer: Answer, expected: string, seen: string): asserts condition {
  if (!condition) throw new CaseFailure({ request: answer.request, expected, seen });
}

/** Fails unless the status is one of these. */
export function expectStatus(answer: Answer, ...statuses: number[]): void {
  ensure(statuses.includes(answer.status), answer, `status ${statuses.join(' or ')}`, statusAndBody(answer));
}

export const statusAndBody = ({ status, headers, text }: Answer) =>
  `status ${status} (${headers.get('content-type') ?? 'no content type'})${text ? ` ${text}` : ''}`;

/** The JSON of an answer. */
export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new CaseFailure({ request: answer.request, expected: 'a body of JSON', seen: statusAndBody(answer) });
  }
}

/** The JSON object of an answer of 200. */
export function objectOf(answer: Answer): JsonObject {
  expectStatus(answer, 200);
  const value = jsonOf(answer);
  ensure(isObject(value), answer, 'a JSON object', answer.text);
  return value;
}

/** The body of an answer of 200 by its schema. */
export function parseBody<T extends z.ZodType>(answer: Answer, schema: T, name: string): z.output<T> {
  expectStatus(answer, 200);
  return parseValue(answer, jsonOf(answer), schema, name);
}

/** A value out of an answer by its schema. */
export function parseValue<T extends z.ZodType>(answer: Answer, value: unknown, schema: T, name: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new CaseFailure({ request: answer.request, expected: name, seen: faults.join('; ') });
}

/** Fails unless the answer is typed as JSON; a problem has a type of its own. */
export function expectJsonType(answer: Answer): void {
  const type = answer.headers.get('content-type') ?? '';
  ensure(
    /^application\/(?:problem\+)?json(?:;|$)/i.test(type),
    answer,
    'content type application/json',
    type || 'none',
  );
}

/** A refusal that a program can read: one of these statuses, JSON, and a sentence in `error` or `detail`. */
export function expectRefusal(answer: Answer, ...statuses: number[]): string {
  expectStatus(answer, ...statuses);
  expectJsonType(answer);
  return messageOf(answer);
}

/** The sentence of a refusal. */
export function messageOf(answer: Answer): string {
  const body = jsonOf(answer);
  const message = isObject(body) ? (body.error ?? body.detail) : null;
  ensure(typeof message === 'string' && message !== '', answer, 'a sentence in `error` or `detail`', answer.text);
  return message;
}

/** Skips the case where the registry does not offer a route that the specification leaves to it. */
export function requireOffered(answer: Answer): Answer {
  if ([404, 405, 501].includes(answer.status)) {
    throw new CaseSkip(`${answer.request} answers ${answer.status}: the registry does not offer it.`);
  }
  return answer;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
