import { cn } from '../cn.ts';

/** The house mark: a punch with an H, as on the sign-in page, in the header and as the icon of the site. */
export function HouseMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn('size-6 shrink-0 text-accent', className)}>
      <path
        d="M6 1.5H18L22.5 6V18L18 22.5H6L1.5 18V6Z"
        fill="currentColor"
        stroke="currentColor"
        strokeLinejoin="round"
      />
      <path
        d="M7 4H17L20 7V17L17 20H7L4 17V7Z"
        fill="none"
        className="stroke-on-accent"
        strokeOpacity="0.45"
        strokeWidth="0.9"
      />
      <path
        d="M8.75 7.5V16.5M15.25 7.5V16.5M8.75 12H15.25"
        className="stroke-on-accent"
        strokeWidth="2.1"
        fill="none"
      />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2">
      <HouseMark />
      <span className="font-semibold text-[1.0625rem] tracking-[-0.01em]">Hallmark</span>
    </span>
  );
}
