import { shorten } from '#lib/conformance/outcome.ts';
import type { CheckStep, ClientCheck } from './types.ts';

export const OUTCOME_WORDS: Record<ClientCheck['outcome'], string> = {
  works: 'works',
  warned: 'works, with warnings',
  fails: 'does not work',
};

const HIDDEN = /[\p{Cc}\p{Cf}]/gu;

/** A check for a terminal: each step, and what to mend. */
export const checkText = ({ title, baseUrl, outcome, steps }: ClientCheck): string =>
  [`${title} at ${baseUrl}: ${OUTCOME_WORDS[outcome]}`, ...steps.map(stepText)]
    .join('\n')
    .replace(HIDDEN, (character) => (character === '\n' ? character : '\ufffd'));

function stepText({ title, request, answer, problems }: CheckStep): string {
  const worst = problems.some(({ severity }) => severity === 'error') ? 'FAIL' : problems.length > 0 ? 'warn' : 'ok  ';
  const lines = [`  ${worst}  ${title}`];
  if (request) lines.push(`        ${request.method} ${request.url}`);
  if (request && problems.length > 0) {
    lines.push(`        came: ${answer ? `${answer.status} ${shorten(answer.excerpt, 120)}` : 'nothing'}`);
  }
  for (const { code, message, fix } of problems) lines.push(`        ${message} (${code})`, `        mend: ${fix}`);
  return lines.join('\n');
}
