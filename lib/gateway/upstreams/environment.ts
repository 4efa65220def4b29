/**
 * What every server gets of the gateway's own environment. Nothing else, unless the operator names it. The certificate
 * file is a path, not a secret, and without it `npx` cannot fetch anything behind a company's own certificate authority.
 */
export const BASE_ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'NODE_EXTRA_CA_CERTS'] as const;

/**
 * The environment of the server's process. `pass` are names of variables to hand over; `missing` are those of them
 * that are not set.
 */
export function serverEnvironment({ source, pass }: { source: NodeJS.ProcessEnv; pass: string[] }): {
  env: Record<string, string>;
  missing: string[];
} {
  const env: Record<string, string> = {};
  for (const name of [...BASE_ENVIRONMENT, ...pass]) {
    const value = source[name];
    if (value !== undefined) env[name] = value;
  }
  return { env, missing: pass.filter((name) => source[name] === undefined) };
}
