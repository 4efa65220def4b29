import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { generateLocalKey } from '#lib/feed/keys/local-key.ts';

/** `hallmark keys recovery`: works on any machine, without a database, best without a network. */
export function registerKeysRecovery(keys: Command): void {
  keys
    .command('recovery')
    .description('recovery keys that never were on the instance')
    .command('generate')
    .description('make a recovery key: <out> is private and stays with you, <out>.pub goes to the instance')
    .requiredOption('--out <file>', 'where to write the private half; must not exist')
    .addOption(new Option('--algorithm <name>').choices(['ed25519', 'ecdsa-p256']).default('ed25519'))
    .action(generate);
}

async function generate({ out, algorithm }: { out: string; algorithm: 'ed25519' | 'ecdsa-p256' }): Promise<void> {
  const key = generateLocalKey({ role: 'root', algorithm });
  try {
    await writeFile(out, key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { flag: 'wx', mode: 0o600 });
    const publicPem = key.publicKey().export({ type: 'spki', format: 'pem' });
    await writeFile(`${out}.pub`, publicPem, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'exists' : `cannot be written (${code})`;
    throw Object.assign(new Error(`${path ?? out} ${why}. Nothing was overwritten.`), { code: 'KEYS_USAGE' });
  }
  process.stdout.write(
    [
      `Recovery key ${key.id}`,
      `  private half: ${out}. Keep two copies offline.`,
      `  public half:  ${out}.pub. Paste it on the feed page of the organization, or on the instance:`,
      `  hallmark keys root adopt --org <slug> --public ${out}.pub`,
      '',
    ].join('\n'),
  );
}
