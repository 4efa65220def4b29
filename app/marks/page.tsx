import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Marks } from '#lib/catalog/views.ts';
import type { Grade, Risk } from '#scanners/types.ts';
import { Section } from '../components/section.tsx';
import { describeMarks, GRADE_MEANING, type MarkFace, RISK_MEANING } from './describe-marks.ts';
import { Mark } from './mark.tsx';

export const metadata: Metadata = {
  title: 'How the marks are decided',
  description:
    'Publisher, signature, scan and risk: the values of each mark, who decides it, and what it does not say.',
};

const NOTHING: Marks = {
  publisher: { level: 'unverified', slug: null, displayName: null, proof: null },
  signature: { state: 'none', provenance: 'none' },
  scan: { status: 'none', grade: null, scannedAt: null, coverage: null, accusations: 0 },
  risk: null,
};

const publisher = (level: Marks['publisher']['level']) =>
  describeMarks({ ...NOTHING, publisher: { ...NOTHING.publisher, level, displayName: 'The publisher' } })[0];
const signature = (state: Marks['signature']['state']) =>
  describeMarks({ ...NOTHING, signature: { state, provenance: 'none' } })[1];
const scan = (grade: Grade | null, accusations = 0) =>
  describeMarks({
    ...NOTHING,
    scan: { status: 'done', grade, scannedAt: new Date(0).toISOString(), coverage: null, accusations },
  })[2];
const risk = (value: Risk | null) => describeMarks({ ...NOTHING, risk: value })[3];

/** What the marks mean, drawn and said by the same code as everywhere else. */
export default function MarksPage() {
  return (
    <div className="max-w-3xl">
      <h1 className="font-semibold text-2xl tracking-tight">How the marks are decided</h1>
      <p className="mt-2 text-ink-2">
        A server carries four marks, never one number. They answer different questions, and none of them replaces
        another. An absent mark is an empty outline with its word, so that nothing is left blank.
      </p>
      <Section id="publisher" title="Publisher">
        <p className="mb-3 text-ink-2">
          A publisher proves that it holds a namespace, such as <code>io.github.acme</code> or <code>com.example</code>,
          through GitHub, DNS or HTTP. An admin can also let a publisher use a namespace; that proves nothing, and it
          stays unverified.
        </p>
        <Values faces={[publisher('unverified'), publisher('verified'), publisher('official')]} />
      </Section>
      <Section id="signature" title="Signature">
        <p className="mb-3 text-ink-2">
          A Sigstore bundle is checked against the trusted roots of this instance and then against the signers that the
          publisher bound to its namespace: issuer, repository and owner ids, workflow and ref, each compared as it is.
        </p>
        <Values faces={[signature('none'), signature('invalid'), signature('unknown_signer'), signature('signed')]} />
      </Section>
      <Section id="scan" title="Scan">
        <p className="mb-3 text-ink-2">
          The worst active accusation or hygiene finding decides the grade. Capabilities never count. What a scan did
          not cover is listed with the reason; a grade says nothing about it.{' '}
          <Link href="/rules" className="link">
            All rules
          </Link>
        </p>
        <Values
          faces={[
            ...(['A', 'B', 'C', 'D', 'F'] as const).map((grade) => ({
              ...scan(grade),
              explanation: `${GRADE_MEANING[grade].charAt(0).toUpperCase()}${GRADE_MEANING[grade].slice(1)}.`,
            })),
            { ...scan(null), explanation: 'Tool definitions were not seen.' },
            {
              ...scan('F', 1),
              word: 'in red',
              explanation: 'At least one finding is an accusation: poisoning, impersonation or hidden behaviour.',
            },
          ]}
        />
      </Section>
      <Section id="risk" title="Risk">
        <p className="mb-3 text-ink-2">
          What the server can do with its permissions, whether or not it is honest. A careful publisher of a powerful
          server has grade A and high risk.
        </p>
        <Values
          faces={[
            ...(['low', 'medium', 'high'] as const).map((value) => ({
              ...risk(value),
              explanation: RISK_MEANING[value],
            })),
            risk(null),
          ]}
        />
      </Section>
    </div>
  );
}

function Values({ faces }: { faces: MarkFace[] }): ReactNode {
  return (
    <ul className="grid gap-3">
      {faces.map((face) => (
        <li key={face.word} className="grid grid-cols-[2.25rem_minmax(0,1fr)] items-start gap-x-3">
          <Mark face={face} className="size-8" />
          <p className="text-sm">
            <span className="block font-medium">{face.word}</span>
            <span className="text-ink-2">{face.explanation}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
