/** Stands in for a part that comes later than the page around it. */
export function Skeleton({ label, lines = 2 }: { label: string; lines?: number }) {
  return (
    <div role="status" aria-label={label} className="late grid gap-2 motion-safe:animate-pulse">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={line} className="h-4 rounded-sm bg-well last:w-2/3" />
      ))}
    </div>
  );
}
