import type { ExportClientId } from '#lib/exports/index.ts';
import type { ClientsPage } from '#lib/orgs/published/get-clients-page.ts';
import type { ExportRequest } from '#lib/orgs/published/org-export.ts';
import { orgPath } from '../../../paths.ts';

const BOX = 'h-9 rounded-md border border-line-strong bg-sheet px-2 text-ink text-sm';

/** For whom files and addresses are. A form that asks anew, so that its answer has an address of its own. */
export function NarrowingForm({
  slug,
  page,
  client,
  asked,
}: {
  slug: string;
  page: ClientsPage;
  client: ExportClientId;
  asked: ExportRequest;
}) {
  const selects = [
    { name: 'team', label: 'Team', none: 'Whole organization', values: page.teams, value: asked.team },
    { name: 'group', label: 'Agents', none: 'All agents', values: page.groups, value: asked.group },
    { name: 'environment', label: 'Environment', none: 'Any', values: page.environments, value: asked.environment },
  ].filter(({ values, value }) => values.length > 0 || value !== undefined);
  return (
    <form action={orgPath(slug, 'exports')} className="flex flex-wrap items-end gap-x-4 gap-y-3">
      <input type="hidden" name="client" value={client} />
      {selects.map(({ name, label, none, values, value }) => (
        <label key={name} className="grid gap-1 text-sm">
          <span className="font-medium">{label}</span>
          <select name={name} defaultValue={value ?? ''} className={BOX}>
            <option value="">{none}</option>
            {[...new Set([...values, ...(value ? [value] : [])])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      ))}
      <label className="grid gap-1 text-sm">
        <span className="font-medium">Tools to ask about, where the client cannot ask</span>
        <select name="askAs" defaultValue={asked.askAs ?? ''} className={BOX}>
          <option value="">Deny them</option>
          <option value="allow">Allow them</option>
        </select>
      </label>
      <label className="flex h-9 items-center gap-2 text-sm">
        <input type="checkbox" name="windows" value="true" defaultChecked={asked.windows === true} />
        Also commands as Windows starts them
      </label>
      <button
        type="submit"
        className="h-9 rounded-md border border-line-strong px-3.5 font-medium text-sm hover:bg-well"
      >
        Apply
      </button>
    </form>
  );
}
