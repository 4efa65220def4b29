import { randomBytes } from 'node:crypto';
import { cp, mkdir, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { FeedTrust } from '../documents.ts';
import type { FeedState } from '../dsse.ts';
import { FeedError } from '../feed-error.ts';
import { readRoot } from '../tuf/root.ts';
import { readIfThere, removeOld, withLock, writeAtomically } from './state-files.ts';

/** Directories and bodies that nothing points to any more stay this long for processes that still read them. */
const KEEP_UNUSED_MS = 10 * 60_000;

const stateSchema = z.object({
  v: z.literal(1),
  org: z.string(),
  epoch: z.int(),
  serial: z.int(),
  allowlistSha256: z.string(),
  revocationsSha256: z.string(),
  headEtag: z.string().nullable(),
  acceptedAt: z.string(),
  /** Directory under `accepted/` with the head and the TUF metadata that belong together. */
  accepted: z.string().regex(/^[0-9a-z-]+$/),
});

/** DSSE envelopes in base64: each is a head of at most `FEED_LIMITS.head` bytes. */
const recoveriesSchema = z.array(z.string()).max(256);

/** What `state.json` holds. It is written last: until then the previous feed is the accepted one. */
export type StoredFeed = z.infer<typeof stateSchema> & FeedState;

/**
 * The client's memory in one directory:
 * `state.json` (the commit point) · `accepted/{id}/head.json` and `accepted/{id}/tuf/` · `bodies/{sha256}.json` ·
 * `roots/{sha256 of the pinned root}.json` (the newest verified root under that pin) · `recovery/{the same}.json` (the
 * recovery heads accepted under it, in their order).
 */
export class FeedStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = path.resolve(dir);
  }

  /** What was accepted last, or null. Throws `FEED_STATE_MALFORMED` rather than forget a serial number. */
  async load(trust: FeedTrust): Promise<StoredFeed | null> {
    const bytes = await readIfThere(path.join(this.dir, 'state.json'));
    if (!bytes) return null;
    let state: StoredFeed;
    try {
      state = stateSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (cause) {
      throw new FeedError(
        'FEED_STATE_MALFORMED',
        `${path.join(this.dir, 'state.json')} is damaged. It guards against rollback: restore it, or remove the directory if you know why.`,
        { cause },
      );
    }
    if (state.org !== trust.org) {
      throw new FeedError('FEED_STATE_MALFORMED', `${this.dir} holds the feed of ${state.org}, not of ${trust.org}.`);
    }
    return state;
  }

  /** The envelope of the accepted head. Throws `FEED_STATE_MALFORMED`. */
  async acceptedHead(state: StoredFeed): Promise<Buffer> {
    const bytes = await readIfThere(path.join(this.dir, 'accepted', state.accepted, 'head.json'));
    if (!bytes) throw new FeedError('FEED_STATE_MALFORMED', `${this.dir} names a head that is not there.`);
    return bytes;
  }

  /** When the TUF timestamp that belongs to the accepted head ends; null when it is not there. */
  async timestampExpires(state: Pick<StoredFeed, 'accepted'>): Promise<Date | null> {
    const file = path.join(this.dir, 'accepted', state.accepted, 'tuf', 'timestamp.json');
    try {
      return new Date(JSON.parse((await readIfThere(file))?.toString('utf8') ?? '').signed.expires);
    } catch {
      return null;
    }
  }

  /** A body by its digest, if it is here and undamaged. */
  async body(sha256: string): Promise<Buffer | null> {
    const bytes = await readIfThere(this.#bodyFile(sha256));
    return bytes && sha256Hex(bytes) === sha256 ? bytes : null;
  }

  /** A scratch directory with `tuf/` as tuf-js wants it: the root to start from and the metadata accepted before. */
  async beginWork({ trust, state }: { trust: FeedTrust; state: StoredFeed | null }): Promise<string> {
    const work = path.join(this.dir, 'work', randomBytes(8).toString('hex'));
    await mkdir(path.join(work, 'tuf'), { recursive: true, mode: 0o700 });
    if (state) {
      const accepted = path.join(this.dir, 'accepted', state.accepted, 'tuf');
      await cp(accepted, path.join(work, 'tuf'), { recursive: true }).catch(() => undefined);
    }
    await writeAtomically(path.join(work, 'tuf', 'root.json'), (await this.newestRoot(trust)) ?? pinnedRoot(trust));
    return work;
  }

  /**
   * Keeps a root that tuf-js verified in `work`, even when something later failed: the specification wants it (§5.3.8),
   * since otherwise an attacker with keys that the new root revoked could hide it for ever by breaking what follows.
   */
  async keepVerifiedRoot({ trust, work }: { trust: FeedTrust; work: string }): Promise<void> {
    const verified = await readIfThere(path.join(work, 'tuf', 'root.json'));
    if (verified) await this.keepRoot(trust, verified);
  }

  /**
   * Makes a feed that passed every check the accepted one. One rename of `state.json` decides; a process killed before
   * leaves the old feed in place. When another process accepted something newer meanwhile, that stays.
   * Throws `FEED_EQUIVOCATION` if it accepted another list under the same serial.
   */
  async commit({
    trust,
    state,
    work,
    head,
    bodies,
  }: {
    trust: FeedTrust;
    state: Omit<StoredFeed, 'accepted'>;
    work: string;
    head: Buffer;
    bodies: Record<string, Buffer>;
  }): Promise<void> {
    const accepted = `${state.epoch}-${state.serial}-${path.basename(work)}`;
    await withLock(this.dir, async () => {
      const current = await this.load(trust);
      if (current && isNewer(current, state)) return;
      if (current && isSameSerial(current, state) && !isSameContent(current, state)) {
        throw new FeedError(
          'FEED_EQUIVOCATION',
          `Two different lists carry epoch ${state.epoch}, serial ${state.serial}.`,
        );
      }
      for (const [sha256, bytes] of Object.entries(bodies)) {
        if (!(await this.body(sha256))) await writeAtomically(this.#bodyFile(sha256), bytes);
      }
      await rm(path.join(work, 'tuf', 'download'), { recursive: true, force: true });
      await rm(path.join(work, 'tuf', 'root.json'), { force: true });
      await writeAtomically(path.join(work, 'head.json'), head);
      const target = path.join(this.dir, 'accepted', accepted);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await rename(work, target);
      if (current) await this.#touch(current);
      await writeAtomically(path.join(this.dir, 'state.json'), `${JSON.stringify({ ...state, accepted }, null, 2)}\n`);
      await this.#removeUnused({ ...state, accepted });
    });
  }

  /** The newest verified root under the pinned one, or null when the pinned one is the newest. */
  async newestRoot(trust: FeedTrust): Promise<Buffer | null> {
    return readIfThere(this.#rootFile(trust));
  }

  /** Keeps a root that was verified from the pinned one, unless a newer one is kept. */
  async keepRoot(trust: FeedTrust, verified: Buffer): Promise<void> {
    await withLock(this.dir, async () => {
      const kept = (await readIfThere(this.#rootFile(trust))) ?? pinnedRoot(trust);
      if (readRoot(verified).signed.version > readRoot(kept).signed.version) {
        await writeAtomically(this.#rootFile(trust), verified);
      }
    });
  }

  /** The recovery heads that were accepted, oldest first. Throws FEED_STATE_MALFORMED. */
  async recoveries(trust: FeedTrust): Promise<Buffer[]> {
    const bytes = await readIfThere(this.#recoveryFile(trust));
    if (!bytes) return [];
    try {
      const kept = recoveriesSchema.parse(JSON.parse(bytes.toString('utf8')));
      return kept.map((envelope) => Buffer.from(envelope, 'base64'));
    } catch (cause) {
      throw new FeedError(
        'FEED_STATE_MALFORMED',
        `${this.#recoveryFile(trust)} is damaged. It says which keys were revoked: restore it, or remove the directory if you know why.`,
        { cause },
      );
    }
  }

  /**
   * Keeps the recovery heads at once, whatever comes after: a revocation of keys that was once proven must hold. The
   * chain only grows; one that another process made longer meanwhile stays.
   */
  async keepRecoveries(trust: FeedTrust, recoveries: Buffer[]): Promise<void> {
    await withLock(this.dir, async () => {
      if ((await this.recoveries(trust)).length >= recoveries.length) return;
      const text = JSON.stringify(recoveries.map((envelope) => envelope.toString('base64')));
      await writeAtomically(this.#recoveryFile(trust), text);
    });
  }

  /** Ends the scratch directory; after a commit there is nothing left of it. */
  async endWork(work: string): Promise<void> {
    await rm(work, { recursive: true, force: true });
  }

  /** What is replaced counts as unused from now on, however long it was the accepted feed. */
  async #touch(replaced: StoredFeed): Promise<void> {
    const now = new Date();
    const files = [
      path.join(this.dir, 'accepted', replaced.accepted),
      this.#bodyFile(replaced.allowlistSha256),
      this.#bodyFile(replaced.revocationsSha256),
    ];
    await Promise.all(files.map((file) => utimes(file, now, now).catch(() => undefined)));
  }

  async #removeUnused(state: StoredFeed): Promise<void> {
    const bodies = new Set([`${state.allowlistSha256}.json`, `${state.revocationsSha256}.json`]);
    const old = (name: string, keep: Set<string>) =>
      removeOld({ dir: path.join(this.dir, name), keep, ageMs: KEEP_UNUSED_MS });
    await Promise.all([old('accepted', new Set([state.accepted])), old('bodies', bodies), old('work', new Set())]);
  }

  #bodyFile(sha256: string): string {
    return path.join(this.dir, 'bodies', `${sha256}.json`);
  }

  #rootFile(trust: FeedTrust): string {
    return path.join(this.dir, 'roots', `${sha256Hex(pinnedRoot(trust))}.json`);
  }

  #recoveryFile(trust: FeedTrust): string {
    return path.join(this.dir, 'recovery', `${sha256Hex(pinnedRoot(trust))}.json`);
  }
}

export const pinnedRoot = (trust: FeedTrust): Buffer => Buffer.from(JSON.stringify(trust.tufRoot), 'utf8');

function isNewer(a: FeedState, b: FeedState): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.serial > b.serial);
}

function isSameSerial(a: FeedState, b: FeedState): boolean {
  return a.epoch === b.epoch && a.serial === b.serial;
}

function isSameContent(a: FeedState, b: FeedState): boolean {
  return a.allowlistSha256 === b.allowlistSha256 && a.revocationsSha256 === b.revocationsSha256;
}
