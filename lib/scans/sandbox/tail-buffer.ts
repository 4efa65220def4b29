const TAIL_BYTES = 16 * 1024;

/** Keeps the last 16 KiB of a stream. */
export class TailBuffer {
  #bytes = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const joined = Buffer.concat([this.#bytes, chunk]);
    this.#bytes = Buffer.from(joined.subarray(Math.max(0, joined.length - TAIL_BYTES)));
  }

  text(): string {
    return this.#bytes.toString('utf8');
  }
}
