import type { Config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';

const SETTING = 'public-url';
/** The public address is made from these. */
const SOURCES = ['HALLMARK_URL', 'PORT', 'HOST'];

/** Remembers where this instance is reached, for commands that are run without the variables of the running one. */
export async function keepPublicUrl({ publicUrl }: Config): Promise<void> {
  await db().instanceSetting.upsert({
    where: { key: SETTING },
    create: { key: SETTING, value: publicUrl },
    update: { value: publicUrl },
  });
}

/** The settings with the address of the last start, where the environment names none. */
export async function withLastPublicUrl(
  settings: Config,
  env: Record<string, string | undefined> = process.env,
): Promise<Config> {
  if (SOURCES.some((name) => env[name])) return settings;
  const kept = await db().instanceSetting.findUnique({ where: { key: SETTING } });
  return typeof kept?.value === 'string' ? { ...settings, publicUrl: kept.value } : settings;
}
