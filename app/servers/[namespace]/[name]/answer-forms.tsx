import type { FindingAnswers } from '#lib/scans/answers/index.ts';
import { ANSWER_LIMITS, DISPUTABLE } from '#lib/scans/answers/types.ts';
import type { Finding } from '#scanners/types.ts';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { RadioField, SelectField, TextArea, TextField } from '../../../forms/fields.tsx';
import { ANSWER_OPTIONS, DECISION_OPTIONS } from '../../../text/answer-words.ts';
import { answerAction, decideAction } from './answer-actions.ts';
import type { AnswerPartyOption } from './answer-parties.ts';

type Target = { serverName: string; version: string; finding: Pick<Finding, 'fingerprint' | 'class' | 'title'> };

function HiddenTarget({ serverName, version, finding }: Target) {
  return (
    <>
      <input type="hidden" name="server" value={serverName} />
      <input type="hidden" name="version" value={version} />
      <input type="hidden" name="fingerprint" value={finding.fingerprint} />
    </>
  );
}

const option = ([value, [label, text]]: [string, readonly [string, string]]) => ({ value, label, text });

/** The form with which publisher and organizations answer a finding, folded; nothing where the viewer may not. */
export function AnswerForm({
  parties,
  answers,
  ...target
}: Target & { parties: AnswerPartyOption[]; answers: FindingAnswers | undefined }) {
  const [first] = parties;
  if (!first) return null;
  const isDisputable = DISPUTABLE.includes(target.finding.class) && !answers?.isWithdrawn;
  const hasAnswer = answers !== undefined && (answers.publisher !== null || answers.orgs.length > 0);
  const options = Object.entries(ANSWER_OPTIONS).filter(
    ([answer]) => (answer !== 'disputed' || isDisputable) && (answer !== 'cleared' || hasAnswer),
  );
  return (
    <details className="mt-3 text-sm">
      <summary className="link w-fit cursor-pointer">Answer this finding</summary>
      <ActionForm action={answerAction} label={`Answer: ${target.finding.title}`} className="mt-3 max-w-prose">
        <HiddenTarget {...target} />
        {parties.length > 1 ? (
          <SelectField
            name="as"
            label="Answer for"
            options={parties.map(({ value, label }) => [value, label] as const)}
            defaultValue={first.value}
          />
        ) : (
          <>
            <input type="hidden" name="as" value={first.value} />
            <p className="text-ink-3">For {first.label}.</p>
          </>
        )}
        <RadioField name="answer" label="Answer" options={options.map(option)} />
        <TextArea
          name="reason"
          label="Reason"
          maxLength={ANSWER_LIMITS.reason}
          hint="It is kept, also when the answer changes."
        />
        <TextField
          name="expiresAt"
          label="Accepted until"
          type="date"
          required={false}
          hint="Only for an acceptance. Left empty, it has no end."
          className="max-w-56"
        />
        <SubmitButton pendingText="Answering">Answer</SubmitButton>
        <FormMessage />
      </ActionForm>
    </details>
  );
}

/** The form with which an instance admin decides about a finding. */
export function DecisionForm({ isDecided, ...target }: Target & { isDecided: boolean }) {
  const options = Object.entries(DECISION_OPTIONS).filter(([decision]) => decision !== 'cleared' || isDecided);
  return (
    <ActionForm action={decideAction} label={`Decide: ${target.finding.title}`} className="mt-3 max-w-prose text-sm">
      <HiddenTarget {...target} />
      <RadioField name="decision" label="Decision" options={options.map(option)} />
      <TextArea
        name="reason"
        label="Reason"
        maxLength={ANSWER_LIMITS.reason}
        hint="Everybody reads it, with your name beside the finding."
      />
      <SubmitButton pendingText="Deciding">Decide</SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}
