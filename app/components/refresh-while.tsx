'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const EVERY_MS = 3000;

/** Loads the page's data again every few seconds, while something on it is under way and the page is seen. */
export function RefreshWhile({ isOn }: { isOn: boolean }) {
  const router = useRouter();

  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [isOn, router]);

  return null;
}
