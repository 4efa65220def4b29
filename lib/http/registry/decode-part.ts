/** One part of a path without its percent-encoding; null where that is broken or hides a U+0000, which nothing here is named by. */
export function decodePart(part: string): string | null {
  try {
    const decoded = decodeURIComponent(part);
    return decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}
