import type { Metadata } from 'next';
import Link from 'next/link';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <div className="max-w-prose py-12">
      <p className="label">404</p>
      <h1 className="mt-1 font-semibold text-2xl">There is nothing at this address</h1>
      <p className="mt-3 text-ink-2">
        A server may have another name or may never have been listed here. Pages of an organization are only there for
        its members.
      </p>
      <p className="mt-4">
        <Link href="/" className="link">
          Search the catalog
        </Link>
      </p>
    </div>
  );
}
