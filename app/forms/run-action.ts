import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Viewer } from '#lib/auth/viewer.ts';
import { log } from '#lib/config/log.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { currentViewer } from '../viewer.ts';
import { type ActionState, NOT_SENT } from './action-state.ts';

type Answer = Partial<Pick<ActionState, 'ok' | 'code' | 'message' | 'result' | 'issues'>>;

/**
 * A server action as a paragraph: parse the form with `schema`, call one function of lib as the signed-in person, answer.
 * A DomainError becomes a sentence beside the form; anything else is logged and said to be our fault.
 */
export async function runAction<Schema extends z.ZodType>(
  form: FormData,
  schema: Schema,
  run: (input: z.output<Schema>, viewer: Viewer) => Promise<Answer | undefined>,
): Promise<ActionState> {
  const typed = typedOf(form);
  const unstorable = [...form].find(([, value]) => typeof value === 'string' && value.includes('\0'));
  if (unstorable) {
    const message = 'Not saved. A field holds a character that is no text.';
    const faults = { [unstorable[0]]: 'Holds the character U+0000. Remove it.' };
    return { ...NOT_SENT, ok: false, code: 'FORM_INVALID', message, faults, typed: {} };
  }
  const parsed = schema.safeParse(fieldsOf(form));
  if (!parsed.success) {
    const faults = Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0] ?? ''), issue.message]));
    const message = 'Not saved. Look at the fields that are marked.';
    return { ...NOT_SENT, ok: false, code: 'FORM_INVALID', message, faults, typed };
  }
  try {
    const viewer = await currentViewer();
    if (!viewer) throw new DomainError('UNAUTHENTICATED', 'Your session has ended. Sign in again in another tab.');
    const answer = await run(parsed.data, viewer);
    return { ...NOT_SENT, ok: true, ...answer, typed: answer?.ok === false ? typed : {} };
  } catch (error) {
    unstable_rethrow(error);
    if (error instanceof DomainError) {
      return { ...NOT_SENT, ok: false, code: error.code, message: error.message, typed };
    }
    log.error({ err: error }, 'A form could not be saved');
    const message = 'Not saved. The fault is on this side and is in the log. Try again.';
    return { ...NOT_SENT, ok: false, code: 'INTERNAL', message, typed };
  }
}

/** Fields by name; a name that ends in `[]` is a list, whatever it holds. Keys that frameworks add start with `$`. */
function fieldsOf(form: FormData): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of new Set(form.keys())) {
    if (key.startsWith('$')) continue;
    if (key.endsWith('[]')) fields[key.slice(0, -2)] = form.getAll(key);
    else fields[key] = form.get(key);
  }
  return fields;
}

const MAX_TYPED = 100_000;
/** Fields whose text is never sent back. */
const SECRET = /(?:token|secret)$/i;

function typedOf(form: FormData): Record<string, string> {
  return Object.fromEntries(
    [...form].filter(
      (pair): pair is [string, string] =>
        typeof pair[1] === 'string' && !pair[0].startsWith('$') && !SECRET.test(pair[0]) && pair[1].length <= MAX_TYPED,
    ),
  );
}
