import type { ProofCheck } from '#lib/publishers/proofs/types.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { Time } from '../../components/time.tsx';

/** What a check of a proof came to, with exactly what was seen. */
export function ProofCheckFacts({ check, title = 'Last check' }: { check: ProofCheck; title?: string }) {
  return (
    <section aria-label={title} className="text-sm">
      <p>
        <span className="font-medium">{check.ok ? 'Seen' : 'Not seen'}</span>{' '}
        <span className="text-ink-3">
          <Time iso={check.at} withTime />
        </span>
      </p>
      <p className="text-ink-2">
        <HostileText>{check.message}</HostileText> {!check.ok && <code className="text-ink-3">{check.code}</code>}
      </p>
      {check.seen.length > 0 ? (
        <table className="mt-2 w-full border-line border-y text-left">
          <caption className="label py-1 text-left">What was seen</caption>
          <tbody className="divide-y divide-line">
            {check.seen.map(({ what, value }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: records can be there twice and have no other identity
              <tr key={index} className="max-sm:grid">
                <th scope="row" className="py-1 pr-4 align-top font-normal text-ink-3 sm:w-56">
                  <HostileText>{what}</HostileText>
                </th>
                <td className="break-all py-1 font-mono text-xs leading-5">
                  <HostileText>{value}</HostileText>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="mt-1 text-ink-3">Nothing was seen there.</p>
      )}
    </section>
  );
}
