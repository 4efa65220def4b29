import type { KeyObject } from 'node:crypto';
import type { FeedKeyAlgorithm } from './key-algorithm.ts';

/**
 * What a key signs:
 * - `root`: the TUF root and, as recovery key, a head that raises the epoch; kept offline where possible;
 * - `feed`: the TUF targets and the head;
 * - `freshness`: the TUF snapshot and timestamp.
 */
export const FEED_KEY_ROLES = ['root', 'feed', 'freshness'] as const;

export type FeedKeyRole = (typeof FEED_KEY_ROLES)[number];

/** A signing key wherever it lives: this process, a key management service, a hardware module. */
export type KeyProvider = {
  /** Lower-case hex SHA-256 of the public key's SPKI DER, see `keyId`. */
  id: string;
  role: FeedKeyRole;
  algorithm: FeedKeyAlgorithm;
  publicKey(): KeyObject;
  /**
   * Signs the bytes themselves, never a digest of them. Ed25519 gives 64 raw bytes (RFC 8032); ECDSA P-256 hashes with
   * SHA-256 and gives an ASN.1 DER signature. Services that answer r‖s (Azure, JOSE) must be converted to DER here.
   */
  sign(bytes: Uint8Array): Promise<Buffer>;
};
