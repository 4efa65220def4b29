/** What every server gets of the gateway's own environment. Nothing else, unless the operator names it. */
export const BASE_ENVIRONMENT = ['PATH', 'HOME', 'LANG'] as const;

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
