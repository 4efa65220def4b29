import type { AcquireErrorCode } from '../types.ts';

/** Why an image is not run; the message is a sentence for people. */
export class ImageFault extends Error {
  readonly code: AcquireErrorCode;

  constructor(code: AcquireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
