import { open, readFile, rm } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { KeyKeeper } from '#lib/feed/store/change-keys.ts';
import { withDatabase } from '../with-database.ts';
import { registerKeysRecovery } from './keys-recovery.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

type Common = { org: string; rootKey?: string };

const PLACES = 'pem:<file>, vault:<mount>/<name>[@version] or aws-kms:<key id, ARN or alias>';

/** `hallmark keys`: the signing keys of an organization's feed. Whoever may open the database and the master key may do all of it. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description("the signing keys of an organization's feed");
  const command = (name: string, text: string) =>
    keys.command(name).description(text).requiredOption('--org <slug>', 'the organization');
  const withRootKey = (it: Command) =>
    it.option('--root-key <file>', 'private root key in PEM, where it is kept offline; it is used and not stored');

  command('list', 'which keys there are, where they are and until when they sign')
    .option('--all', 'also those that are retired')
    .option('--json', 'print them as JSON')
    .action(list);
  withRootKey(command('rotate', 'a new key in place of the old one; both sign for some days'))
    .argument('<role>', 'feed, freshness or root')
    .option('--place <place>', `where the new key is: ${PLACES} (default: made here and sealed in the database)`)
    .addOption(new Option('--algorithm <name>').choices(['ed25519', 'ecdsa-p256']).default('ed25519'))
    .option(
      '--overlap-days <days>',
      'how long both sign (default: feed 30, freshness 1, root 90; 0 ends the old at once)',
    )
    .action(rotate);
  withRootKey(command('retire', 'end a key that has a successor'))
    .argument('<key>', 'beginning of its id')
    .requiredOption('--reason <text>', 'why')
    .action(retire);
  withRootKey(
    command('compromise', 'declare keys stolen: new keys, a new root, and for feed and root keys a new epoch'),
  )
    .argument('<keys...>', 'beginnings of their ids')
    .requiredOption('--reason <text>', 'what happened')
    .option('--place <place>', `where the new feed key is: ${PLACES}`)
    .action(compromise);
  withRootKey(command('recover', 'begin a new epoch with new feed keys, e.g. when a thief has used up the serials'))
    .requiredOption('--reason <text>', 'what happened')
    .option('--place <place>', `where the new feed key is: ${PLACES}`)
    .action(recover);
  command('export', 'write the private half of a sealed key to a file; it stays in the database')
    .argument('<key>', 'beginning of its id')
    .requiredOption('--out <file>', 'where to write it; must not exist')
    .action(exportOne);
  keys
    .command('rewrap')
    .description('seal all keys of this instance under another master key')
    .requiredOption('--to <file>', 'file of the new master key; made when it does not exist')
    .action(rewrap);
  const root = keys.command('root').description('the root of a feed, and the recovery key that signs it');
  const rootCommand = (name: string, text: string) =>
    withRootKey(root.command(name).description(text).requiredOption('--org <slug>', 'the organization'));
  rootCommand('renew', 'sign the next root with the same keys, good for another year').action(renew);
  rootCommand('adopt', 'take over the public half of a recovery key that was made with `keys recovery generate`')
    .requiredOption('--public <file>', 'its public half in PEM')
    .action(adopt);
  rootCommand('kit', 'write the private root key to a file and delete it here')
    .requiredOption('--out <file>', 'where to write it; must not exist')
    .action(kit);
  registerKeysRecovery(keys);
}

/** Runs with the database, for the organization of `--org`. */
function asOperator(org: string, work: (keeper: KeyKeeper) => Promise<void>): Promise<void> {
  return withDatabase(async () => {
    const { operatorKeeper } = await import('#lib/feed/store/change-keys.ts');
    await work(await operatorKeeper(org));
  });
}

const rootKeyOf = async ({ rootKey }: Common): Promise<string | undefined> =>
  rootKey === undefined ? undefined : readFile(rootKey, 'utf8');

async function list({ org, all, json }: Common & { all?: boolean; json?: boolean }): Promise<void> {
  await asOperator(org, async ({ org: { id } }) => {
    const { listFeedKeys } = await import('#lib/feed/store/list-keys.ts');
    const keys = await listFeedKeys(id, { withRetired: all ?? false });
    if (json) print(JSON.stringify(keys, null, 2));
    for (const key of json ? [] : keys) {
      const where = key.place ? `${key.provider} ${key.place}` : key.provider;
      print(`${key.role.padEnd(10)}${key.keyid.slice(0, 16)}  ${key.algorithm.padEnd(11)}${where}  ${key.state}`);
    }
  });
}

async function rotate(
  role: string,
  options: Common & { place?: string; algorithm: 'ed25519' | 'ecdsa-p256'; overlapDays?: string },
): Promise<void> {
  const { FEED_KEY_ROLES } = await import('#lib/feed/keys/key-provider.ts');
  const known = FEED_KEY_ROLES.find((name) => name === role);
  if (!known) throw usage(`There is no role ${role}: give ${FEED_KEY_ROLES.join(', ')}.`);
  const { algorithm, place, overlapDays } = options;
  await asOperator(options.org, async (keeper) => {
    const { rotateKey } = await import('#lib/feed/store/rotate-key.ts');
    const { keyid, until, serial } = await rotateKey({
      keeper,
      role: known,
      algorithm,
      place,
      ...(overlapDays === undefined ? {} : { overlapDays: Number(overlapDays) }),
      rootKeyPem: await rootKeyOf(options),
    });
    print(`New ${role} key ${keyid}. The old one signs until ${until.toISOString()}. Published as serial ${serial}.`);
  });
}

async function retire(keyid: string, options: Common & { reason: string }): Promise<void> {
  await asOperator(options.org, async (keeper) => {
    const { retireKey } = await import('#lib/feed/store/retire-key.ts');
    const rootKeyPem = await rootKeyOf(options);
    const { serial, isInRoot } = await retireKey({ keeper, keyid, reason: options.reason, rootKeyPem });
    print(`Retired. Published as serial ${serial}.`);
    if (isInRoot) print('The root still names it: give --root-key at the next change of keys to drop it there too.');
  });
}

async function compromise(keyids: string[], options: Common & { reason: string; place?: string }): Promise<void> {
  await asOperator(options.org, (keeper) => declare({ keeper, keyids, options }));
}

async function recover(options: Common & { reason: string; place?: string }): Promise<void> {
  await asOperator(options.org, async (keeper) => {
    const { listFeedKeys } = await import('#lib/feed/store/list-keys.ts');
    const keys = await listFeedKeys(keeper.org.id, { withRetired: false });
    const keyids = keys.filter(({ role }) => role === 'feed').map(({ keyid }) => keyid);
    await declare({ keeper, keyids, options });
  });
}

async function declare({
  keeper,
  keyids,
  options,
}: {
  keeper: KeyKeeper;
  keyids: string[];
  options: Common & { reason: string; place?: string };
}): Promise<void> {
  const { declareCompromised } = await import('#lib/feed/store/declare-compromised.ts');
  const { epoch, serial, added } = await declareCompromised({
    keeper,
    keyids,
    reason: options.reason,
    rootKeyPem: await rootKeyOf(options),
    feedKeyPlace: options.place,
  });
  for (const { role, keyid } of added) print(`New ${role} key ${keyid}.`);
  print(epoch === null ? `Published as serial ${serial}.` : `Epoch ${epoch} begins. Published as serial ${serial}.`);
  print(
    'Give out new trust files: gateways that have one go on by themselves, new ones must not start with the old keys.',
  );
}

async function exportOne(keyid: string, { org, out }: Common & { out: string }): Promise<void> {
  await asOperator(org, async (keeper) => {
    const { exportKey } = await import('#lib/feed/store/recovery-key.ts');
    await intoNewFile(out, async (write) => write((await exportKey({ keeper, keyid })).pem));
    print(`Written to ${out}. Whoever has it signs for ${org}.`);
  });
}

async function rewrap({ to }: { to: string }): Promise<void> {
  await withDatabase(async () => {
    const { loadMasterKey } = await import('#lib/feed/keys/master-key.ts');
    const { masterKeyBytes } = await import('#lib/feed/store/keys.ts');
    const { rewrapKeys } = await import('#lib/feed/store/rewrap-keys.ts');
    const target = await loadMasterKey({ file: to, create: true });
    const count = await rewrapKeys({ from: await masterKeyBytes(), to: target.key });
    print(`${count} keys are sealed under the master key of ${to}.`);
    print(`Set HALLMARK_MASTER_KEY_FILE=${to} for all processes and start them again; until then nothing is signed.`);
  });
}

async function renew(options: Common): Promise<void> {
  await asOperator(options.org, async (keeper) => {
    const { renewRoot } = await import('#lib/feed/store/renew-root.ts');
    const { version, serial } = await renewRoot({ keeper, rootKeyPem: await rootKeyOf(options) });
    print(`Root ${version} is good for a year. Published as serial ${serial}.`);
  });
}

async function adopt(options: Common & { public: string }): Promise<void> {
  await asOperator(options.org, async (keeper) => {
    const { adoptRecoveryKey } = await import('#lib/feed/store/recovery-key.ts');
    const publicPem = await readFile(options.public, 'utf8');
    const { keyid } = await adoptRecoveryKey({ keeper, publicPem, rootKeyPem: await rootKeyOf(options) });
    print(`The recovery key ${keyid} is a root key now. Retire the old one with it:`);
    print(`  hallmark keys retire <old key> --org ${options.org} --reason "kept offline" --root-key <private half>`);
  });
}

async function kit({ org, out }: Common & { out: string }): Promise<void> {
  await asOperator(org, async (keeper) => {
    const { takeRecoveryKit } = await import('#lib/feed/store/recovery-key.ts');
    await intoNewFile(out, (write) => takeRecoveryKit({ keeper, keep: ({ pem }) => write(pem) }));
    print(
      `The private root key is in ${out} and nowhere else. Keep two copies offline: without it no key can be changed.`,
    );
  });
}

/**
 * The file is made first: a key that was taken out must not be lost because it cannot be written. One that stayed empty
 * goes away again, so that the next try finds the place free.
 */
async function intoNewFile(file: string, work: (write: (pem: string) => Promise<void>) => Promise<unknown>) {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw usage(error.code === 'EEXIST' ? `${file} exists.` : `${file} cannot be written (${error.code}).`);
  });
  let isEmpty = true;
  try {
    await work(async (pem) => {
      isEmpty = false;
      await handle.writeFile(pem);
      await handle.sync();
    });
  } finally {
    await handle.close();
    if (isEmpty) await rm(file, { force: true });
  }
}

const usage = (message: string) => Object.assign(new Error(message), { code: 'KEYS_USAGE' });
