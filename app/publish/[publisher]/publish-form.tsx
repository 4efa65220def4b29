'use client';

import Link from 'next/link';
import { HostileText } from '../../components/hostile-text.tsx';
import { ActionForm, FormMessage, SubmitButton, useFormState } from '../../forms/action-form.tsx';
import type { Action } from '../../forms/action-state.ts';
import { FileField, TextArea } from '../../forms/fields.tsx';
import { countOf } from '../../text/count-of.ts';

export function PublishForm({ action }: { action: Action }) {
  return (
    <ActionForm action={action} label="Publish a version">
      <fieldset className="grid gap-3">
        <legend className="mb-2 font-medium">Manifest</legend>
        <FileField name="manifestFile" label="Choose server.json" accept=".json,application/json" />
        <TextArea
          name="manifest"
          label="Or paste it"
          rows={6}
          required={false}
          isMono
          placeholder={
            '{\n  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",\n  "name": "com.example/weather",\n  …\n}'
          }
        />
      </fieldset>
      <details className="sheet px-4 py-2">
        <summary className="text-sm">Add a Sigstore bundle</summary>
        <div className="grid gap-3 pt-3 pb-2">
          <FileField
            name="bundleFile"
            label="Choose the bundle"
            accept=".json,.sigstore,.bundle"
            hint="As hallmark sign, cosign or a GitHub attestation writes it. Choose server.json as a file too: pasting can change its bytes."
          />
          <TextArea name="bundle" label="Or paste it" rows={4} required={false} isMono />
        </div>
      </details>
      <SubmitButton pendingText="Checking and publishing">Publish</SubmitButton>
      <FormMessage />
      <Outcome />
    </ActionForm>
  );
}

/** Where the version is now, and every issue of the manifest with its place and what to do. */
function Outcome() {
  const { result, issues } = useFormState();
  return (
    <>
      {result?.href && (
        <p>
          <Link href={result.href} className="link">
            See its page
          </Link>
        </p>
      )}
      {issues.length > 0 && (
        <section aria-label="Issues of the manifest">
          <h3 className="label mb-1">{countOf(issues.length, 'issue')}</h3>
          <ul className="divide-y divide-line border-line border-y">
            {issues.map((issue) => (
              <li
                key={`${issue.path} ${issue.reference} ${issue.message}`}
                className="grid gap-x-4 py-2 text-sm sm:grid-cols-[14rem_minmax(0,1fr)]"
              >
                <code>
                  <HostileText>{issue.path || 'the document'}</HostileText>
                </code>
                <p>
                  <span className={issue.severity === 'error' ? 'font-medium' : 'text-ink-3'}>{issue.severity}: </span>
                  <HostileText>{issue.message}</HostileText> <code className="text-ink-3">{issue.reference}</code>
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
