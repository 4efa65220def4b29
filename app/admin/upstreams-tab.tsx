import { listSyncSources } from '#lib/catalog/sync/list-sync-sources.ts';
import { RefreshWhile } from '../components/refresh-while.tsx';
import { Section } from '../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { TextArea, TextField } from '../forms/fields.tsx';
import { addSourceAction } from './actions.ts';
import { UpstreamCard } from './upstream-card.tsx';

/** The registries that this one mirrors, and what their crawls are doing. */
export async function UpstreamsTab() {
  const sources = await listSyncSources();
  return (
    <div className="max-w-4xl">
      <RefreshWhile isOn={sources.some(({ state }) => state === 'crawling')} />
      <Section id="upstreams" title="Upstream registries" aside="Each is asked every hour for what changed">
        {sources.length === 0 ? (
          <p className="text-ink-3">There are none: this instance lists only what is published or imported here.</p>
        ) : (
          <ul className="grid gap-4">
            {sources.map((source) => (
              <li key={source.id}>
                <UpstreamCard source={source} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="new-upstream" title="Add an upstream registry">
        <ActionForm action={addSourceAction} label="Add an upstream registry">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              name="baseUrl"
              label="Address"
              type="url"
              isMono
              placeholder="https://registry.modelcontextprotocol.io"
              hint="Without /v0.1. It has to be public, or listed in HALLMARK_PRIVATE_NETWORKS."
            />
            <TextField
              name="name"
              label="Name"
              isMono
              required={false}
              maxLength={63}
              placeholder="official"
              hint="Left empty, it is the host of the address."
            />
          </div>
          <div className="grid gap-3 sm:grid-cols-2">
            <TextArea
              name="names"
              label="Only these names"
              isMono
              rows={2}
              required={false}
              placeholder="io.github.acme/*"
              hint="One pattern a line. Left empty, all."
            />
            <TextArea
              name="exclude"
              label="Never these names"
              isMono
              rows={2}
              required={false}
              placeholder="io.github.spam/*"
              hint="One pattern a line."
            />
          </div>
          <fieldset>
            <legend className="mb-1 font-medium text-sm">Take over versions that are</legend>
            <div className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
              {(['active', 'deprecated', 'deleted'] as const).map((status) => (
                <label key={status} className="flex items-center gap-2">
                  <input type="checkbox" name="statuses[]" value={status} defaultChecked />
                  {status}
                </label>
              ))}
            </div>
          </fieldset>
          <SubmitButton pendingText="Adding">Add upstream</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Section>
    </div>
  );
}
