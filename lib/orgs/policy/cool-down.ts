const DAY_MS = 86_400_000;

/** Until when a version is too young to be approved without a person; null when it is old enough. */
export function coolsUntil(
  { publishedAt }: { publishedAt: Date },
  { coolDownDays }: { coolDownDays: number },
  now: Date,
): Date | null {
  const until = new Date(publishedAt.getTime() + coolDownDays * DAY_MS);
  return coolDownDays > 0 && until > now ? until : null;
}
