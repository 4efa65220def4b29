'use client';

import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';

const KEEP = 8;

/** A digest or another long identifier: shortened in the middle, whole after a click, copied whole. */
export function Digest({ value, what, prefix }: { value: string; what: string; prefix?: string }) {
  const [isWhole, setWhole] = useState(false);
  const full = prefix ? `${prefix}:${value}` : value;
  const isShort = value.length <= 2 * KEEP + 1;
  const shown = isWhole || isShort ? value : `${value.slice(0, KEEP)}…${value.slice(-KEEP)}`;
  return (
    <span className="font-mono text-xs">
      {isShort ? (
        full
      ) : (
        <button
          type="button"
          onClick={() => setWhole(!isWhole)}
          aria-expanded={isWhole}
          title={isWhole ? 'Shorten' : full}
          className="rounded-sm text-left hover:bg-well"
        >
          {prefix && <span className="text-ink-3">{prefix}:</span>}
          {shown}
        </button>
      )}
      <CopyButton text={full} what={what} />
    </span>
  );
}
