'use client';

import { signOut } from 'next-auth/react';

export function SignOutButton() {
  return (
    <button
      type="button"
      onClick={() => void signOut({ callbackUrl: '/' })}
      className="rounded-md border border-line-strong px-3.5 py-1.5 font-medium text-sm hover:bg-well"
    >
      Sign out
    </button>
  );
}
