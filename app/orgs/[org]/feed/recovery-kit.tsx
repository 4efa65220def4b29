'use client';

import { CodeBlock } from '../../../components/code-block.tsx';
import { useFormState } from '../../../forms/action-form.tsx';

/** The private root key that was just taken out: shown here and kept nowhere. */
export function RecoveryKit() {
  const { result } = useFormState();
  if (!result?.pem) return null;
  return (
    <div role="status" className="border-accent border-l-3 bg-accent-wash p-3">
      <p className="mb-2 font-medium text-sm">
        Save this as root-{result.keyid?.slice(0, 12)}.pem, twice and offline. It is deleted here and is not shown
        again.
      </p>
      <CodeBlock text={result.pem} what="the private root key" />
    </div>
  );
}
