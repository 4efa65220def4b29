import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** No start-up traffic to anybody: tests run on closed networks too. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A system Chromium, else the one inside the npm package @sparticuz/chromium; a reason where neither starts. */
export async function launchBrowser(): Promise<{ browser: Browser } | { reason: string }> {
  const system = [process.env.CHROMIUM_PATH, ...SYSTEM_BROWSERS].find((file) => file && fs.existsSync(file));
  try {
    if (system) return { browser: await chromium.launch({ executablePath: system, args: FLAGS }) };
    const { default: packaged } = await import('@sparticuz/chromium');
    return {
      browser: await chromium.launch({
        executablePath: await packaged.executablePath(),
        args: [...packaged.args, ...FLAGS],
      }),
    };
  } catch (error) {
    return {
      reason: `no Chromium starts here (${error instanceof Error ? error.message.split('\n')[0] : error}); install chromium`,
    };
  }
}
