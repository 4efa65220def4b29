'use client';

import { useId, useRef, useState } from 'react';
import type { TextIssue } from '#lib/orgs/policy/policy-text.ts';
import { ActionForm, FormMessage, SubmitButton, useFormState } from '../../../../forms/action-form.tsx';
import { RadioField, SelectField, TextField } from '../../../../forms/fields.tsx';
import { changePolicy } from '../actions.ts';
import { CedarLines, IssueLine } from '../cedar-lines.tsx';
import { MODE_WORDS, SCOPE_WORDS } from '../policy-words.ts';

type Props = {
  org: string;
  /** The version that the text began as. */
  basedOn: number;
  cedar: string;
  /** JSON of the templates that it was made of. */
  templates: string;
  mode: string;
  scope: string;
  coolDownDays: number;
  toolDefault: string;
  toolRules: string;
};

const optionsOf = (words: Record<string, { label: string; text: string }>) =>
  Object.entries(words).map(([value, { label, text }]) => ({ value, label, text }));

/** The text of a policy and what belongs to it. Checked, tried and saved by the same form. */
export function PolicyEditor(props: Props) {
  return (
    <ActionForm action={changePolicy} label="Policy" className="gap-6">
      <input type="hidden" name="org" value={props.org} />
      <input type="hidden" name="basedOn" value={props.basedOn} />
      <input type="hidden" name="templates" value={props.templates} />
      <div>
        <Text cedar={props.cedar} />
        <div className="mt-3 flex flex-wrap gap-3">
          <SubmitButton pendingText="Checking" isQuiet name="do" value="check">
            Check
          </SubmitButton>
          <SubmitButton pendingText="Starting" isQuiet name="do" value="dry-run">
            Try it on the catalog
          </SubmitButton>
        </div>
        <Issues />
      </div>
      <div className="grid gap-x-10 gap-y-6 md:grid-cols-2">
        <RadioField name="mode" label="Mode" defaultValue={props.mode} options={optionsOf(MODE_WORDS)} />
        <div className="grid content-start gap-6">
          <RadioField name="scope" label="Looks at" defaultValue={props.scope} options={optionsOf(SCOPE_WORDS)} />
          <TextField
            name="coolDownDays"
            label="Cool-down in days"
            type="number"
            min={0}
            max={365}
            defaultValue={props.coolDownDays}
            hint="A version that is permitted waits until it was published so many days ago. 0: it does not wait."
          />
        </div>
        <SelectField
          name="toolDefault"
          label="Tools of a server that is new to the list"
          defaultValue={props.toolDefault}
          hint="An approved server keeps the tools that its newest approved version has; new ones get nothing."
          options={[
            ['allow', 'Allow'],
            ['ask', 'Ask a person each time'],
            ['deny', 'Deny'],
          ]}
        />
        <Rules initial={props.toolRules} />
      </div>
      <TextField name="note" label="Why it changes" placeholder="Stays in the history" required={false} />
      <div>
        <SubmitButton pendingText="Saving" name="do" value="save">
          Save as version {props.basedOn + 1}
        </SubmitButton>
      </div>
      <FormMessage />
    </ActionForm>
  );
}

function Rules({ initial }: { initial: string }) {
  const { typed } = useFormState();
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium text-sm">
        Rules for these tools
      </label>
      <textarea
        id={id}
        name="toolRules"
        rows={3}
        defaultValue={typed.toolRules ?? initial}
        placeholder={'delete_*: deny\nsend_mail: ask'}
        spellCheck={false}
        className="w-full rounded-md border border-line-strong bg-sheet px-2.5 py-2 font-mono text-ink text-xs leading-5"
      />
      <p className="mt-1 text-ink-3 text-xs">One a line: a name or a pattern, a colon, and allow, ask or deny.</p>
    </div>
  );
}

const LINE = 'font-mono text-xs leading-5';

/** A plain text field with line numbers beside it, which need a script and are only there to look at. */
function Text({ cedar }: { cedar: string }) {
  const { typed, ok } = useFormState();
  const id = useId();
  const [text, setText] = useState(typed.cedar ?? cedar);
  const gutter = useRef<HTMLPreElement>(null);
  const count = text.split('\n').length;
  return (
    <>
      <label htmlFor={id} className="sr-only">
        Text of the policy
      </label>
      <div className="grid grid-cols-[3rem_minmax(0,1fr)] overflow-hidden rounded-md border border-line-strong bg-sheet">
        <pre
          ref={gutter}
          aria-hidden="true"
          className={`${LINE} h-96 overflow-hidden bg-well py-2 pr-2 text-right text-ink-3`}
        >
          {Array.from({ length: count }, (_, index) => index + 1).join('\n')}
        </pre>
        <textarea
          id={id}
          name="cedar"
          wrap="off"
          defaultValue={typed.cedar ?? cedar}
          onChange={(event) => setText(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          aria-invalid={ok === false ? true : undefined}
          spellCheck={false}
          autoComplete="off"
          className={`${LINE} h-96 resize-none overflow-auto whitespace-pre bg-sheet px-2.5 py-2 text-ink`}
        />
      </div>
    </>
  );
}

/** What the check said: about the whole, then beside the lines that it is about. */
function Issues() {
  const { result } = useFormState();
  if (!result?.issues) return null;
  const issues = JSON.parse(result.issues) as TextIssue[];
  const placed = issues.filter(({ place }) => place !== null);
  return (
    <div className="mt-3" role="status">
      {result.said && <p className="mb-2 text-sm">{result.said}</p>}
      {issues
        .filter(({ place }) => place === null)
        .map((issue) => (
          <IssueLine key={issue.message} issue={issue} className="mb-2" />
        ))}
      {placed.length > 0 && <CedarLines text={result.cedar ?? ''} issues={placed} isExcerpt />}
    </div>
  );
}
