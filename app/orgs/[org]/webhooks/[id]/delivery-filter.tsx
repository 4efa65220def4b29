const BOX = 'h-9 rounded-md border border-line-strong bg-sheet px-2.5 text-ink text-sm';

/** A plain form: its fields become the address. */
export function DeliveryFilter({ state, kind }: { state: string | null; kind: string | null }) {
  return (
    <form method="get" aria-label="Filter deliveries" className="mb-4 flex flex-wrap items-end gap-3 text-sm">
      <label className="grid gap-1">
        <span className="font-medium">State</span>
        <select name="state" defaultValue={state ?? ''} className={BOX}>
          <option value="">all</option>
          <option value="pending">waiting</option>
          <option value="delivered">delivered</option>
          <option value="failed">given up</option>
        </select>
      </label>
      <label className="grid min-w-0 gap-1">
        <span className="font-medium">Kind</span>
        <input
          name="kind"
          type="search"
          defaultValue={kind ?? ''}
          placeholder="allowlist.*"
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          className={`${BOX} font-mono`}
        />
      </label>
      <button type="submit" className="h-9 rounded-md border border-line-strong px-3.5 font-medium hover:bg-well">
        Filter
      </button>
    </form>
  );
}
