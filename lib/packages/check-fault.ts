import type { JsonObject } from '#lib/manifest/types.ts';
import type { PackageCheckCode } from './codes.ts';

/** Ends a check early; `code` and `message` become its answer. */
export class CheckFault extends Error {
  readonly code: PackageCheckCode;
  readonly facts: JsonObject;

  constructor(code: PackageCheckCode, message: string, facts: JsonObject = {}) {
    super(message);
    this.name = 'CheckFault';
    this.code = code;
    this.facts = facts;
  }
}
