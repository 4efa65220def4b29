'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';

export function ProviderButton({ id, name, returnTo }: { id: string; name: string; returnTo: string }) {
  const [isPending, setPending] = useState(false);
  return (
    <button
      type="button"
      disabled={isPending}
      onClick={() => {
        setPending(true);
        void signIn(id, { callbackUrl: returnTo });
      }}
      className="w-full rounded-md border border-line-strong bg-sheet px-4 py-2.5 text-left font-medium hover:bg-well disabled:opacity-60"
    >
      {isPending ? `Going to ${name}` : `Continue with ${name}`}
    </button>
  );
}
