import { z } from 'zod';
import { SigningError } from './errors.ts';
import { shapeFault } from './shape-fault.ts';
import type { SigstoreServices } from './sign-content.ts';

/** `signing_config.json`, see sigstore/protobuf-specs `sigstore_trustroot.proto`. */
export const SIGNING_CONFIG_MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

const time = z.iso.datetime({ offset: true });
const service = z.looseObject({
  url: z.string(),
  majorApiVersion: z.int(),
  validFor: z.looseObject({ start: time.nullish(), end: time.nullish() }).nullish(),
});
const choice = z.looseObject({ selector: z.string(), count: z.int().nullish() });

const signingConfig = z.looseObject({
  mediaType: z.literal(SIGNING_CONFIG_MEDIA_TYPE, `must be ${SIGNING_CONFIG_MEDIA_TYPE}`),
  caUrls: z.array(service).default([]),
  rekorTlogUrls: z.array(service).default([]),
  rekorTlogConfig: choice.nullish(),
  tsaUrls: z.array(service).default([]),
  tsaConfig: choice.nullish(),
});

type Service = z.infer<typeof service>;

/**
 * The services that a `signing_config.json`, given as text, names for this moment: of each kind the one with the highest
 * API version that is supported here, then the newest start. One log entry and one timestamp are made, so a
 * configuration that asks for several is refused. Throws SigningError `SIGNING_CONFIG_MALFORMED`.
 */
export function servicesOfSigningConfig(text: string, now: Date): SigstoreServices {
  const checked = signingConfig.safeParse(parseJson(text));
  if (!checked.success) throw malformed(shapeFault(checked.error, 'signing_config.json'));
  const { caUrls, rekorTlogUrls, rekorTlogConfig, tsaUrls, tsaConfig } = checked.data;
  requireOne('rekorTlogConfig', rekorTlogConfig);
  requireOne('tsaConfig', tsaConfig);

  const fulcio = newest(caUrls, [1], now);
  const rekor = newest(rekorTlogUrls, [1, 2], now);
  const tsa = tsaConfig ? newest(tsaUrls, [1], now) : null;
  if (!fulcio) throw malformed('it names no certificate authority that is in service');
  if (!rekor) throw malformed('it names no transparency log that is in service');
  if (tsaConfig && !tsa) throw malformed('it names no timestamp authority that is in service');
  return {
    fulcioURL: fulcio.url,
    rekorURL: rekor.url,
    rekorVersion: rekor.majorApiVersion === 2 ? 2 : 1,
    ...(tsa && { tsaURL: tsa.url }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
}

function newest(services: Service[], versions: number[], now: Date): Service | null {
  const usable = services.filter(({ majorApiVersion, validFor }) => {
    const start = validFor?.start ? Date.parse(validFor.start) : Number.NEGATIVE_INFINITY;
    const end = validFor?.end ? Date.parse(validFor.end) : Number.POSITIVE_INFINITY;
    return versions.includes(majorApiVersion) && start <= now.getTime() && now.getTime() <= end;
  });
  const startOf = ({ validFor }: Service) => (validFor?.start ? Date.parse(validFor.start) : 0);
  usable.sort((a, b) => b.majorApiVersion - a.majorApiVersion || startOf(b) - startOf(a));
  return usable[0] ?? null;
}

function requireOne(name: string, config: z.infer<typeof choice> | null | undefined): void {
  if (!config || config.selector === 'ANY' || (config.selector === 'EXACT' && config.count === 1)) return;
  throw malformed(`${name} asks for ${config.selector} ${config.count ?? ''}, but one of them is used`);
}

function malformed(detail: string): SigningError {
  return new SigningError({
    code: 'SIGNING_CONFIG_MALFORMED',
    message: `This is not a usable signing_config.json: ${detail.trim()}.`,
  });
}
