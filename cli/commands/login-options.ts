import type { Command } from 'commander';
import { registryBase } from '../registry-base.ts';
import { LOGIN_METHODS, type Login, type LoginMethod } from '../registry-login.ts';
import { readInput, UsageFault } from './signing-input.ts';

export type LoginOptions = { domain?: string; keyFile?: string };

/** A key file is a few lines. */
const MAX_KEY_FILE = 16 * 1024;

/** Options of every command that logs in. */
export const withLoginOptions = (command: Command): Command =>
  command
    .option('--domain <domain>', 'for dns and http: the domain whose key signs')
    .option('--key-file <file>', 'for dns and http: private key, PEM or hex (or HALLMARK_PRIVATE_KEY)');

/** Throws UsageFault for an unknown method or a key that cannot be read. */
export function loginFrom({
  login,
  registry,
  domain,
  keyFile,
}: LoginOptions & { login: string; registry: string }): Login {
  if (!(LOGIN_METHODS as readonly string[]).includes(login)) {
    throw new UsageFault(`There is no login "${login}". Choose one of ${LOGIN_METHODS.join(', ')}.`);
  }
  const privateKey =
    keyFile === undefined
      ? process.env.HALLMARK_PRIVATE_KEY
      : readInput(keyFile, 'private key', MAX_KEY_FILE).toString('utf8');
  return {
    registry: registryBase(registry),
    method: login as LoginMethod,
    ...(domain === undefined ? {} : { domain }),
    ...(privateKey === undefined ? {} : { privateKey }),
    env: process.env,
  };
}
