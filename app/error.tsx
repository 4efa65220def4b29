'use client';

import { useRouter } from 'next/navigation';
import { startTransition } from 'react';

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const router = useRouter();
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <div className="max-w-prose py-12">
      <p className="label">Error</p>
      <h1 className="mt-1 font-semibold text-2xl">This page could not be made</h1>
      <p className="mt-3 text-ink-2">
        The fault is on this side, not in what you asked for. What was saved before stays saved.
        {error.digest && (
          <>
            {' '}
            The log has it under <code>{error.digest}</code>.
          </>
        )}
      </p>
      <button
        type="button"
        onClick={retry}
        className="mt-4 rounded-md border border-line-strong px-3 py-1.5 font-medium text-sm hover:bg-well"
      >
        Try again
      </button>
    </div>
  );
}
