import type { ReactNode } from 'react';

/** Rows of a list, or what is said where there are none. */
export function Rows({ children, nothing }: { children: ReactNode[]; nothing: ReactNode }) {
  if (children.length === 0) return <p className="text-ink-3">{nothing}</p>;
  return <ul className="divide-y divide-line">{children}</ul>;
}

/** A form that is there when it is wanted. Without JavaScript too. */
export function Disclosure({
  summary,
  children,
  name,
  isOpen = false,
}: {
  summary: ReactNode;
  children: ReactNode;
  /** Of several with one name, one is open. */
  name?: string;
  isOpen?: boolean;
}) {
  return (
    <details className="mt-2" name={name} open={isOpen}>
      <summary className="link w-fit text-sm">{summary}</summary>
      <div className="sheet mt-2 p-4">{children}</div>
    </details>
  );
}

/** A short word beside a name. */
export function Tag({ children }: { children: ReactNode }) {
  return (
    <span className="ml-2 rounded-sm border border-line-strong px-1 align-middle text-2xs text-ink-2">{children}</span>
  );
}
