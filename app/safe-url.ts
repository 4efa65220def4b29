import { config } from '#lib/config/config.ts';
import { safeReturnPath } from './paths.ts';

/** Where to go after sign-in; NextAuth hands over whole addresses, of which only those of this instance count. */
export function returnPathOf(callbackUrl: string | string[] | undefined): string {
  const value = [callbackUrl].flat()[0];
  const url = value ? URL.parse(value) : null;
  if (url && url.origin === new URL(config().publicUrl).origin) return safeReturnPath(url.pathname + url.search);
  return safeReturnPath(value);
}
