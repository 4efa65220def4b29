'use client';

import { CodeBlock } from '../../../components/code-block.tsx';
import { useFormState } from '../../../forms/action-form.tsx';

/** The secret of a webhook that was just made: shown here and never again. */
export function NewSecret() {
  const secret = useFormState().result?.secret;
  if (!secret) return null;
  return (
    <div role="status" className="border-accent border-l-3 bg-accent-wash p-3">
      <p className="mb-2 font-medium text-sm">Copy the secret to the receiver now. It is not shown again.</p>
      <CodeBlock text={secret} what="the new secret" />
    </div>
  );
}
