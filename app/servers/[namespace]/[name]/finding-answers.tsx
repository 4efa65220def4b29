import type { FindingAnswers as Answers, AnswerView } from '#lib/scans/answers/index.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Time } from '../../../components/time.tsx';
import { answerSentence } from '../../../text/answer-words.ts';
import { countOf } from '../../../text/count-of.ts';

/** What was answered to a finding: by whom, when and why. `scannedAt` is when the finding was last seen. */
export function FindingAnswers({ answers, scannedAt }: { answers: Answers; scannedAt: string | null }) {
  const { admin, publisher, orgs, earlier, isDisputed } = answers;
  const current = [admin, publisher, ...orgs].filter((answer) => answer !== null);
  return (
    <div className="mt-3 border-line border-t pt-2 text-sm">
      <ul className="grid gap-2 empty:hidden">
        {current.map((answer) => (
          <li key={`${answer.party}${answer.orgSlug ?? ''}`}>
            <AnswerLine answer={answer} scannedAt={scannedAt} />
          </li>
        ))}
      </ul>
      {isDisputed && <p className="mt-1 text-ink-3">No admin has decided about the dispute yet.</p>}
      {earlier.length > 0 && (
        <details className="mt-2">
          <summary className="cursor-pointer text-ink-3 text-xs">{countOf(earlier.length, 'earlier answer')}</summary>
          <ul className="mt-2 grid gap-2 border-line border-l pl-3">
            {earlier.map((answer) => (
              <li key={`${answer.at}${answer.party}${answer.orgSlug ?? ''}`}>
                <AnswerLine answer={answer} scannedAt={null} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function AnswerLine({ answer, scannedAt }: { answer: AnswerView; scannedAt: string | null }) {
  const { by, at, kind, reason, expiresAt, isExpired } = answer;
  return (
    <>
      <p>
        <span className="font-medium">
          <HostileText>{by}</HostileText>
        </span>
        {answerSentence(answer)}{' '}
        {expiresAt && (
          <>
            {isExpired ? 'That was until' : 'Until'} <Time iso={expiresAt} />
            {isExpired ? ': it does not hold any more. ' : '. '}
          </>
        )}
        {kind === 'fixed' && scannedAt !== null && scannedAt > at && (
          <>
            The scan of <Time iso={scannedAt} hint={false} /> still sees it.{' '}
          </>
        )}
        <span className="text-ink-3">
          <Time iso={at} />
        </span>
      </p>
      <p className="mt-0.5 whitespace-pre-wrap wrap-anywhere border-line-strong border-l-2 pl-2 text-ink-2">
        <HostileText>{reason}</HostileText>
      </p>
    </>
  );
}
