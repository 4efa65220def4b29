import type { ZodError } from 'zod';

/** The first fault of a document's shape as `path.to.member: expected object, received null`. `root` names the document itself. */
export function shapeFault(error: ZodError, root: string): string {
  const [issue] = error.issues;
  const path = issue?.path.map(String).join('.') || root;
  return `${path}: ${(issue?.message ?? 'not readable').replace(/^Invalid \w+: /, '')}`;
}
