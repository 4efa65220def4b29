import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

/**
 * Pictures of pages of a running Hallmark, wide and narrow, light and dark, to look at before a change of the interface is
 * shipped, and for the README.
 *
 *   node tests/e2e/screens.ts --url http://localhost:3000 --out /tmp/screens / '/?q=postgres' /orgs/acme
 *
 * `--sign-in LINK` opens a one-time link first, `--cookie name=value` sets a cookie, `--only wide-light` takes one kind,
 * `--fold` stops at the height of the window instead of the end of the page. Ends with 1 when a page logs an error to the
 * console, answers 5xx, asks another host for something, or is wider than its window.
 */

const WINDOWS = { wide: { width: 1280, height: 900 }, narrow: { width: 375, height: 812 } };
const SCHEMES = ['light', 'dark'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://localhost:3000' },
    out: { type: 'string', default: 'test-results/screens' },
    'sign-in': { type: 'string' },
    cookie: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    fold: { type: 'boolean', default: false },
  },
});

const origin = new URL(values.url).origin;
const pages = positionals.length > 0 ? positionals : ['/'];
const complaints: string[] = [];

await fs.mkdir(values.out, { recursive: true });
const browser = await launch();
try {
  const signedIn = values['sign-in'] ? await signIn(browser, values['sign-in']) : undefined;
  for (const [window, viewport] of Object.entries(WINDOWS)) {
    for (const colorScheme of SCHEMES) {
      const kind = `${window}-${colorScheme}`;
      if (values.only.length > 0 && !values.only.includes(kind)) continue;
      const context = await browser.newContext({ viewport, colorScheme, storageState: signedIn });
      await context.addCookies(values.cookie.map((pair) => ({ ...cookieOf(pair), url: origin })));
      for (const address of pages) await picture(context, address, kind);
      await context.close();
    }
  }
} finally {
  await browser.close();
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;

async function picture(context: BrowserContext, address: string, kind: string) {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${kind} ${address}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${kind} ${address}: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin)
      complaints.push(`${kind} ${address}: asked another host, ${url.origin}`);
  });
  const response = await page.goto(origin + address, { waitUntil: 'load' });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  if (response && response.status() >= 500) complaints.push(`${kind} ${address}: status ${response.status()}`);
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  if (content! > window!) complaints.push(`${kind} ${address}: ${content! - window!} pixels wider than the window`);
  const file = path.join(values.out, `${nameOf(address)}.${kind}.png`);
  await page.screenshot({ path: file, fullPage: !values.fold });
  console.log(file);
  await page.close();
}

function nameOf(address: string): string {
  return address.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'home';
}

function cookieOf(pair: string) {
  const at = pair.indexOf('=');
  return { name: pair.slice(0, at), value: pair.slice(at + 1) };
}

async function signIn(using: Browser, link: string) {
  const context = await using.newContext();
  const page = await context.newPage();
  await page.goto(link);
  return context.storageState();
}

/** The browser at CHROMIUM, one of the system, or the one that comes with npm. */
async function launch(): Promise<Browser> {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  args.push('--disable-component-update', '--disable-sync');
  // Chromium refuses its own sandbox as root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  for (const executablePath of [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]) {
    if (executablePath && (await exists(executablePath))) return chromium.launch({ executablePath, args });
  }
  const { default: bundled } = await import('@sparticuz/chromium');
  return chromium.launch({ executablePath: await bundled.executablePath(), args: [...bundled.args, ...args] });
}

function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
