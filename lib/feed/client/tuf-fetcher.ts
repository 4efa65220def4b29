import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Fetcher } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { FeedError } from '../feed-error.ts';
import { type HttpSource, httpGet } from './http-get.ts';

/**
 * Gives tuf-js our own reading of the network: same limits, timeouts and error codes as the rest of the client.
 * tuf-js wraps what went wrong in errors of its own, so the last failure is kept here.
 */
export class TufFetcher implements Fetcher {
  readonly #source: HttpSource;
  readonly #workDir: string;
  /** Why a document could not be had; null while nothing went wrong. A root that is not there yet is not a failure. */
  failure: FeedError | null = null;

  constructor({ source, workDir }: { source: HttpSource; workDir: string }) {
    this.#source = source;
    this.#workDir = workDir;
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const relative = url.slice(this.#source.baseUrl.replace(/\/+$/, '').length + 1);
    try {
      const answer = await httpGet({ source: this.#source, path: relative, maxBytes: maxLength });
      if (answer.status === 'ok') return answer.bytes;
      const status = answer.status === 'missing' ? answer.httpStatus : 304;
      if (!relative.endsWith('.root.json')) {
        const host = new URL(this.#source.baseUrl).host;
        this.failure = new FeedError('FEED_UNREACHABLE', `${host} (${relative}) answered ${status}.`);
      }
      throw new DownloadHTTPError('Failed to download', status);
    } catch (error) {
      if (error instanceof FeedError) this.failure = error;
      throw error;
    }
  }

  async downloadFile<T>(url: string, maxLength: number, handler: (file: string) => Promise<T>): Promise<T> {
    const bytes = await this.downloadBytes(url, maxLength);
    const file = path.join(this.#workDir, randomUUID());
    await writeFile(file, bytes, { mode: 0o600 });
    try {
      return await handler(file);
    } finally {
      await rm(file, { force: true });
    }
  }
}
