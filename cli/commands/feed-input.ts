import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { FeedError, type FeedTrust, parseTrust } from '#lib/feed/client/index.ts';

/** Exit codes of `hallmark feed`. */
export const FEED_EXIT = {
  ok: 0,
  /** The feed was read and does not verify. */
  refused: 1,
  /** Wrong options, or a trust file that is not one. */
  usage: 2,
  /** The feed could not be read; nothing is known about it. */
  unreachable: 3,
} as const;

/** A trust file has a few keys and one TUF root. */
const MAX_TRUST_BYTES = 1024 * 1024;

/** The trust file that an administrator downloaded. Ends the command with exit code 2 when it is not one. */
export async function readTrust(file: string, command: Command): Promise<FeedTrust> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return usageFault(command, `The trust file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if (text.length > MAX_TRUST_BYTES) return usageFault(command, `${file} is too long for a trust file.`);
  try {
    return parseTrust(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof FeedError ? error.message : 'It is not JSON.';
    return usageFault(command, `${file} is no trust file. ${reason} Download it from the organization's feed page.`);
  }
}

/** A gateway token out of a file: on a command line everybody on the machine would see it. */
export async function readToken(file: string | undefined, command: Command): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    return usageFault(command, `The token file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Says what is wrong with the call and ends the command with exit code 2. */
export function usageFault(command: Command, message: string): never {
  return command.error(message, { exitCode: FEED_EXIT.usage, code: 'hallmark.usage' });
}

/** Makes every wrong call end with exit code 2, also those that commander itself finds. */
export function exitOnUsageFaults(command: Command): Command {
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? FEED_EXIT.ok : FEED_EXIT.usage));
}
