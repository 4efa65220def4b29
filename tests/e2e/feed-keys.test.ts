import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledge, type PulledFeed, pullFeed } from '#lib/feed/client/index.ts';
import { parseTrust } from '#lib/feed/parse-documents.ts';
import { launchBrowser } from './browser.ts';
import { type RunningInstance, startInstance } from './running-instance.ts';

/**
 * An owner's forms for the feed: settings, gateways, keys that are replaced, retired, declared stolen and taken offline.
 * After each the feed is read with the trust file that was downloaded before all of it.
 */
const launched = await launchBrowser();
const LONG = 360_000;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-feed-keys-'));
const errors: string[] = [];
let instance: RunningInstance;

beforeAll(async () => {
  if ('reason' in launched) return;
  instance = await startInstance({ dataDir: path.join(dir, 'data'), env: { HALLMARK_EXAMPLES: 'false' } });
}, LONG);

afterAll(async () => {
  if ('browser' in launched) await launched.browser.close();
  await instance?.stop('SIGTERM');
  fs.rmSync(dir, { recursive: true, force: true });
}, LONG);

describe.runIf('browser' in launched)('the feed page of an organization', () => {
  let page: Page;
  let trust: ReturnType<typeof parseTrust>;
  let rootPem: string;

  const pull = (): Promise<PulledFeed> => pullFeed({ trust, stateDir: path.join(dir, 'state') });
  /** Until the web process has heard of the publication, which is at most a second. */
  const head = (wanted: object) =>
    expect.poll(async () => (await pull()).head, { timeout: 10_000 }).toMatchObject(wanted);
  /** The form of that name, with the disclosure around it open. */
  const form = async (name: string, summary: string) => {
    await page.goto(`${instance.url}/orgs/acme/feed`);
    await page.locator('summary').filter({ hasText: summary }).click();
    return page.getByRole('form', { name, exact: true });
  };
  const keyRows = (text: string | RegExp) => page.locator('#keys').locator('li').filter({ hasText: text });

  it(
    'saves what gateways do when it is stale',
    async () => {
      page = await (launched as { browser: Browser }).browser.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.setDefaultTimeout(30_000);
      await page.goto(instance.signInLink()!);
      await page.goto(`${instance.url}/orgs`);
      await page.getByLabel('Name', { exact: true }).fill('Acme');
      await page.getByLabel('Short name').fill('acme');
      await page.getByRole('button', { name: 'Create organization' }).click();
      await page.waitForURL('**/orgs/acme');
      const file = await page.request.get(`${instance.url}/orgs/acme/feed-trust.json`);
      trust = parseTrust(JSON.parse((await file.body()).toString('utf8')));
      const settings = await form('Settings of the feed', 'What gateways do');
      await settings.getByLabel('Keep what they have').check();
      await settings.getByLabel('Hours of grace').fill('0.5');
      await settings.getByLabel('Seconds between polls').fill('30');
      await settings.getByRole('button', { name: 'Save and publish' }).click();
      await settings.getByText('Saved and published as serial 2.').waitFor();
      await head({ serial: 2 });
      expect((await pull()).allowlist).toMatchObject({ onStale: 'keep', graceSeconds: 1800 });
    },
    LONG,
  );

  it(
    'shows a gateway that said what it runs, and forgets it',
    async () => {
      const issue = await form('New gateway token', 'New token');
      await issue.getByLabel('Name').fill('build farm');
      await issue.getByRole('button', { name: 'Issue token' }).click();
      const token = (await issue
        .getByText(/^hm[a-z]*_\S+$/)
        .first()
        .textContent())!.trim();
      const report = { instance: 'build-7', program: 'test/1', appliedAt: new Date() };
      expect(await acknowledge({ trust, token, feed: await pull(), report })).toBe('recorded');
      await page.goto(`${instance.url}/orgs/acme/feed`);
      await page.getByText('1 of 1 gateways run serial 2').waitFor();
      const forget = page.getByRole('form', { name: 'Forget build-7' });
      await forget.getByRole('button', { name: 'Forget' }).click();
      await page.getByText('None has said what it runs yet.').waitFor();
    },
    LONG,
  );

  it(
    'gets another address',
    async () => {
      const change = await form('Change the address', 'Change the address');
      await change.getByLabel('Write acme to confirm').fill('acme');
      await change.getByRole('button', { name: 'Change the address' }).click();
      await change.getByText('The old address answers 404 from now on.').waitFor();
      await expect.poll(async () => (await fetch(`${trust.baseUrl}/head`)).status).toBe(404);
      const file = await page.request.get(`${instance.url}/orgs/acme/feed-trust.json`);
      trust = parseTrust(JSON.parse((await file.body()).toString('utf8')));
      await head({ serial: 2 });
    },
    LONG,
  );

  it(
    'replaces the feed key and retires the old one',
    async () => {
      const rotate = await form('Replace the feed key', 'Replace the feed key');
      await rotate.getByLabel('Algorithm').selectOption({ label: 'ECDSA P-256' });
      await rotate.getByLabel('Days together').fill('7');
      await rotate.getByRole('button', { name: 'Replace' }).click();
      await rotate.getByText(/The new feed key is [0-9a-f]{12}\. The old one signs until/).waitFor();
      await head({ serial: 3, tufRootVersion: 2 });
      const retire = await form('Retire a key', 'Retire a key that has a successor');
      await retire.getByLabel('Key').selectOption({ index: 0 });
      await retire.getByLabel('Why').fill('The new one is in use everywhere.');
      await retire.getByRole('button', { name: 'Retire' }).click();
      await page.getByText('Keys that ended (1)').waitFor();
      await head({ serial: 4, tufRootVersion: 3 });
      expect(await keyRows('ecdsa-p256').count()).toBe(1);
    },
    LONG,
  );

  it(
    'gives the recovery kit once; from then on changes ask for it',
    async () => {
      const kit = await form('Recovery kit', 'Recovery kit');
      await kit.getByLabel('Write acme to confirm').fill('another');
      await kit.getByRole('button', { name: 'Show and delete' }).click();
      await kit.getByText('Nothing was changed.').waitFor();
      await kit.getByLabel('Write acme to confirm').fill('acme');
      await kit.getByRole('button', { name: 'Show and delete' }).click();
      rootPem = (await kit.getByText('BEGIN PRIVATE KEY').textContent())!;
      expect(rootPem).toContain('END PRIVATE KEY');
      await page.goto(`${instance.url}/orgs/acme/feed`);
      await page.getByText('kept offline').first().waitFor();
      expect(await page.getByText('Recovery kit').count()).toBe(0);
      expect(await page.content()).not.toContain('BEGIN PRIVATE KEY');

      const renew = await form('Renew the root', 'Renew the root');
      await renew.getByLabel('Private root key (PEM)').fill('not a key');
      await renew.getByRole('button', { name: 'Renew' }).click();
      await renew.getByRole('alert').waitFor();
      await renew.getByLabel('Private root key (PEM)').fill(rootPem);
      await renew.getByRole('button', { name: 'Renew' }).click();
      await renew.getByText('Root 4 is good for a year.').waitFor();
      await head({ tufRootVersion: 4 });
    },
    LONG,
  );

  it(
    'declares a key compromised: a new epoch, and gateways with the old trust file come along',
    async () => {
      const declare = await form('Declare a key compromised', 'Declare a key compromised');
      await declare.getByLabel('Key', { exact: true }).selectOption({ label: 'all but root keys' });
      await declare.getByLabel('What happened').fill('The backup disk is gone.');
      await declare.getByLabel('Write acme to confirm').fill('acme');
      await declare.getByLabel('Private root key (PEM)').fill(rootPem);
      await declare.getByRole('button', { name: 'Declare compromised' }).click();
      await declare.getByText('Epoch 2 has begun.').waitFor();
      await head({ epoch: 2, tufRootVersion: 5 });
      await page.goto(`${instance.url}/`);
      await page.getByRole('heading', { name: 'Allowed in' }).last().waitFor();
      await page.getByRole('link', { name: /^Acme/ }).last().click();
      await page.waitForURL('**/?allowed=acme');
      await page.getByText('no servers', { exact: true }).waitFor();
      const stranger = await (launched as { browser: Browser }).browser.newPage();
      await stranger.goto(`${instance.url}/?allowed=acme`);
      expect(await stranger.getByRole('heading', { name: 'Allowed in' }).count()).toBe(0);
      await stranger.close();
      await page.goto(`${instance.url}/orgs/acme/audit`);
      await page.getByText('The backup disk is gone.').first().waitFor();
      expect(errors).toEqual([]);
    },
    LONG,
  );
});
