import type { RequestPage } from '#lib/orgs/requests/get-request.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { Section } from '../../../../components/section.tsx';
import { Time } from '../../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../../forms/action-form.tsx';
import { TextArea } from '../../../../forms/fields.tsx';
import { say, withdraw } from '../actions.ts';

const SAID: Record<string, string> = { question: 'asks', answer: 'answers', note: 'notes for reviewers' };

/** What was said about the request, and what the viewer may say. */
export function Conversation({ request, orgSlug, isOpen }: { request: RequestPage; orgSlug: string; isOpen: boolean }) {
  const target = (
    <>
      <input type="hidden" name="org" value={orgSlug} />
      <input type="hidden" name="id" value={request.id} />
    </>
  );
  return (
    <Section id="conversation" title="Conversation">
      {request.messages.length === 0 && <p className="mb-4 text-ink-3 text-sm">Nothing was said yet.</p>}
      <ol className="mb-4 grid gap-3">
        {request.messages.map((message) => (
          <li key={message.id} className="border-line-strong border-l-3 pl-3">
            <p className="text-sm">
              <span className="font-medium">
                <HostileText>{message.author}</HostileText>
              </span>{' '}
              {SAID[message.kind]}, <Time iso={message.at} withTime hint={false} />
            </p>
            <p className="whitespace-pre-wrap">
              <HostileText>{message.text}</HostileText>
            </p>
          </li>
        ))}
      </ol>
      {request.isMine && isOpen && (
        <div className="grid max-w-2xl gap-6">
          <ActionForm action={say} label="Answer">
            {target}
            <input type="hidden" name="kind" value="answer" />
            <TextArea name="text" label="Answer" rows={3} maxLength={2000} />
            <SubmitButton pendingText="Sending">Send answer</SubmitButton>
            <FormMessage />
          </ActionForm>
          <ActionForm action={withdraw} label="Withdraw the request">
            {target}
            <SubmitButton pendingText="Withdrawing" isQuiet>
              Withdraw the request
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        </div>
      )}
      {request.canDecide && (
        <ActionForm action={say} label="Ask back or note" className="max-w-2xl">
          {target}
          <TextArea name="text" label="Message" hint="A note is seen by reviewers alone." rows={3} maxLength={2000} />
          <div className="flex gap-3">
            {isOpen && request.requester !== null && (
              <SubmitButton name="kind" value="question" pendingText="Asking">
                Ask back
              </SubmitButton>
            )}
            <SubmitButton name="kind" value="note" pendingText="Noting" isQuiet>
              Note
            </SubmitButton>
          </div>
          <FormMessage />
        </ActionForm>
      )}
    </Section>
  );
}
