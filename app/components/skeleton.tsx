/** Stands in for a page that takes longer than a glance. */
export function PageSkeleton({ label }: { label: string }) {
  const bar = 'h-4 rounded-sm bg-well';
  return (
    <div role="status" aria-label={label} className="late max-w-3xl motion-safe:animate-pulse">
      <div className="h-7 w-56 rounded-sm bg-well" />
      <div className={`${bar} mt-4 w-2/3`} />
      <div className={`${bar} mt-2 w-1/2`} />
      <div className={`${bar} mt-8 w-full`} />
      <div className={`${bar} mt-2 w-full`} />
      <div className={`${bar} mt-2 w-3/4`} />
    </div>
  );
}
