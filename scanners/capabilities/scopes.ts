import type { Manifest } from '#lib/manifest/types.ts';
import { manifestInputs, nameWords } from '../manifest-inputs.ts';

export type GrantedScope = { scope: string; pointer: string };

const MAX_SCOPES = 100;
const MAX_CHARS = 4_000;

/** The OAuth scopes that a manifest sets: values and defaults of inputs that are named scope or scopes. */
export function scopesOf(manifest: Manifest): GrantedScope[] {
  return manifestInputs(manifest)
    .filter(({ name }) => /^scopes?$/.test(nameWords(name).at(-1) ?? ''))
    .flatMap(({ input, pointer }) =>
      (input.value ?? input.default ?? '')
        .slice(0, MAX_CHARS)
        .split(/[\s,;]+/)
        .filter((scope) => scope !== '' && !/[{}]/.test(scope))
        .map((scope) => ({ scope, pointer })),
    )
    .slice(0, MAX_SCOPES);
}

/** Scopes for a whole account or for everything, as the large providers write them. */
const BROAD =
  /^\*$|[:./]\*$|^(?:all|admin|root|superuser|full|full_access|fullaccess|everything|site_admin|sudo|api)$|^admin:|[:.]admin$|\.full_?control$|\.(?:readwrite|fullcontrol)\.all$|^https:\/\/mail\.google\.com\/$|^https:\/\/www\.googleapis\.com\/auth\/(?:cloud-platform|drive|gmail\.modify|admin\.[\w.]+)$/i;

export const isBroadScope = (scope: string): boolean => BROAD.test(scope);

/** Whether a scope lets somebody change something, as far as its name tells. */
export const isWritingScope = (scope: string): boolean =>
  isBroadScope(scope) ||
  (/write|manage|delete|edit|create|update|modify|send|publish|^repo$|^gist$/i.test(scope) &&
    !/read_?only/i.test(scope));
