'use client';

import { CodeBlock } from '../components/code-block.tsx';
import { useFormState } from './action-form.tsx';

/** The secret of a token that was just made: shown here and never again. */
export function NewToken() {
  const token = useFormState().result?.token;
  if (!token) return null;
  return (
    <div role="status" className="border-accent border-l-3 bg-accent-wash p-3">
      <p className="mb-2 font-medium text-sm">Copy the token now. It is not shown again.</p>
      <CodeBlock text={token} what="the new token" />
    </div>
  );
}
