'use client';

import { CodeBlock } from '../components/code-block.tsx';
import { useFormState } from './action-form.tsx';

/** The link of an invitation that was just made: shown here and never again. */
export function NewInvite({ days }: { days: number }) {
  const link = useFormState().result?.link;
  if (!link) return null;
  return (
    <div role="status" className="border-accent border-l-3 bg-accent-wash p-3">
      <p className="mb-2 font-medium text-sm">
        Send this link to one person. It works once, for {days} days, and is not shown again.
      </p>
      <CodeBlock text={link} what="the link of the invitation" />
    </div>
  );
}
