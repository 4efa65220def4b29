/** What another server said, for a terminal: without control characters, and no longer than anybody reads. */
export const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 2000);
