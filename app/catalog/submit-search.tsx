'use client';

import { useFormStatus } from 'react-dom';

export function SubmitSearch() {
  const { pending } = useFormStatus();
  return (
    <button
      type="submit"
      className="h-11 rounded-md bg-accent px-4 font-medium text-on-accent text-sm hover:opacity-90"
      aria-busy={pending}
    >
      {pending ? 'Searching' : 'Search'}
    </button>
  );
}
