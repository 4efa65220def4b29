import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '../fixtures/sigstore/private-sigstore.ts';
import { manifestOf } from '../instance.ts';
import { runHallmark } from '../run-hallmark.ts';
import { startDnsServer, type TestDnsServer } from '../support/dns-server.ts';
import { launchBrowser } from './browser.ts';
import { type RunningInstance, startInstance } from './running-instance.ts';
import { type SignInProvider, startSignInProvider } from './sign-in-provider.ts';

/**
 * A publisher goes from nothing to a signed, verified listing by following the page alone; then through the states of a
 * version, and hands the namespace to somebody else. Name server, Sigstore and sign-in provider are real, on loopback.
 */
const launched = await launchBrowser();
const LONG = 360_000;
const NAMESPACE = 'org.acme-weather';
const SERVER = `${NAMESPACE}/weather`;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-publish-'));
const rootFile = path.join(dir, 'trusted-root.json');
let instance: RunningInstance;
let dns: TestDnsServer;
let sigstore: PrivateSigstore;
let provider: SignInProvider;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  if ('reason' in launched) return;
  [dns, sigstore, provider] = await Promise.all([startDnsServer(), startPrivateSigstore(), startSignInProvider()]);
  fs.writeFileSync(rootFile, JSON.stringify(sigstore.trustedRoot));
  const configured = path.join(dir, 'private-root.json');
  fs.writeFileSync(configured, JSON.stringify({ name: 'private', kind: 'custom', trustedRoot: sigstore.trustedRoot }));
  instance = await startInstance({
    dataDir: path.join(dir, 'data'),
    env: {
      ...provider.env,
      HALLMARK_DNS_SERVERS: dns.address,
      HALLMARK_TRUST_ROOTS: configured,
      HALLMARK_PACKAGE_OWNERSHIP: 'record',
      HALLMARK_EXAMPLES: 'false',
    },
  });
  page = watched(await launched.browser.newPage());
}, LONG);

afterAll(async () => {
  if ('browser' in launched) await launched.browser.close();
  await instance?.stop('SIGTERM');
  await Promise.all([dns?.close(), sigstore?.close(), provider?.close()]);
  fs.rmSync(dir, { recursive: true, force: true });
}, LONG);

function watched(opened: Page): Page {
  opened.on('pageerror', (error) => errors.push(error.message));
  opened.setDefaultTimeout(20_000);
  return opened;
}

/** Signs in through the provider, in a browser of its own. */
async function signIn(browser: Browser, name: string, options: { javaScriptEnabled?: boolean } = {}) {
  provider.person({ sub: name, name, email: `${name.toLowerCase()}@example.org` });
  const context: BrowserContext = await browser.newContext();
  const first = watched(await context.newPage());
  await first.goto(`${instance.url}/signin`);
  await first.getByRole('button', { name: 'Company account' }).click();
  await first.getByRole('link', { name }).waitFor();
  if (options.javaScriptEnabled !== false) return first;
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
  await context.close();
  return watched(await plain.newPage());
}

function writeManifest(version: string): string {
  const file = path.join(dir, `server-${version}.json`);
  const repository = { url: 'https://github.com/acme/weather', source: 'github' };
  fs.writeFileSync(file, `${JSON.stringify(manifestOf(SERVER, version, { repository }), null, 2)}\n`);
  return file;
}

/** What the release workflow of acme/weather does. */
async function sign(file: string): Promise<string> {
  const bundle = `${file}.sigstore.json`;
  const services = ['--fulcio-url', sigstore.url, '--rekor-url', sigstore.url, '--tsa-url', sigstore.url];
  const how = [...services, '--trusted-root', rootFile, '--identity-token', gitHubToken()];
  expect(await runHallmark(['sign', file, '--bundle', bundle, '--form', 'dsse', ...how])).toMatchObject({ code: 0 });
  return bundle;
}

const step = (title: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });
const version = (of: Page, name: string) => of.getByRole('listitem', { name: `Version ${name}` });

describe.runIf('browser' in launched)('a new publisher', () => {
  let token: string;

  it('finds four things left to do', async () => {
    await page.goto(instance.signInLink()!);
    await page.getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('Acme Weather');
    await page.getByLabel('Short name').fill('acme');
    await page.getByRole('button', { name: 'Create publisher' }).click();
    await page.getByText('4 of 4 steps left').waitFor();
    expect(await page.getByText('to do', { exact: true }).count()).toBe(4);
  });

  it('claims a namespace by DNS, and is told what was seen while it is wrong', async () => {
    await step('Prove a namespace').getByRole('link', { name: 'Claim a namespace' }).click();
    await page.getByLabel('1. Namespace').fill(NAMESPACE);
    await page.getByRole('button', { name: 'Show instructions' }).click();
    const card = page.getByRole('article', { name: `Claim of ${NAMESPACE} by DNS` });
    await card.waitFor();
    const [name, value] = await card.locator('pre').allTextContents();
    expect(name).toMatch(/acme-weather\.org$/);

    await card.getByRole('button', { name: 'Check now' }).click();
    await card.getByText('RECORD_MISSING').waitFor();
    expect(await card.getByRole('alert').textContent()).toContain('Not proven');

    dns.set(name!, { TXT: ['v=spf1 -all', value!.replace(/.{4}$/, 'ffff')] });
    await card.getByRole('button', { name: 'Check now' }).click();
    await card.getByText('RECORD_MISMATCH').waitFor();
    await card.getByRole('cell', { name: 'v=spf1 -all' }).waitFor();
    await card.getByRole('cell', { name: value!.replace(/.{4}$/, 'ffff') }).waitFor();

    dns.set(name!, { TXT: [value!] });
    await card.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('status').getByText(`${NAMESPACE} is proven.`).waitFor();
    await page.getByText('acme · verified').waitFor();
  });

  it('issues a token, signs and publishes with it', async () => {
    await page.getByRole('link', { name: 'All steps' }).click();
    await step('Issue a token').getByRole('link').click();
    await page.getByLabel('Name', { exact: true }).fill('release workflow');
    await page.getByRole('button', { name: 'Issue token' }).click();
    token = (await page.getByRole('status').locator('pre').textContent()) ?? '';
    expect(token).toMatch(/^hmk_pub_/);
    expect(await page.getByText(`--registry ${instance.url}`).count()).toBeGreaterThan(0);

    const file = writeManifest('1.0.0');
    const published = await runHallmark(['publish', file, '--bundle', await sign(file), '--registry', instance.url], {
      HALLMARK_TOKEN: token,
    });
    expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining('signature: unknown signer') });
  });

  it('publishes on the page too, with the bundle as a file', async () => {
    const file = writeManifest('1.1.0');
    await page.goto(`${instance.url}/publish/acme`);
    await page.getByLabel('Choose server.json').setInputFiles(file);
    await page.getByText('Add a Sigstore bundle', { exact: true }).first().click();
    await page.getByLabel('Choose the bundle').setInputFiles(await sign(file));
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('status').getByText(`Published ${SERVER} 1.1.0.`).waitFor();
    await version(page, '1.1.0').getByRole('button', { name: 'Signature: unknown signer' }).waitFor();
  });

  it('binds the signer that was seen with one click, and is done', async () => {
    await step('Bind a signer').getByRole('link', { name: 'Bind it' }).click();
    const seen = page.getByRole('article', { name: `Signer of ${SERVER} 1.1.0` });
    await seen.getByText('2002', { exact: true }).waitFor();
    await seen.getByRole('button', { name: 'Bind the signer of version 1.1.0' }).click();
    await page.getByText('owner 2002 · repository 1001').waitFor();
    await page.getByRole('link', { name: 'Versions' }).click();
    await version(page, '1.0.0').getByRole('button', { name: 'Signature: signed' }).waitFor();
    expect(await page.getByText('steps left').count()).toBe(0);
  });

  it('is listed as verified and signed', async () => {
    await page.goto(`${instance.url}/servers/${SERVER}`);
    await page.getByRole('button', { name: 'Publisher: verified' }).first().waitFor();
    await page.getByRole('button', { name: 'Signature: signed' }).first().waitFor();
    const answer = await fetch(`${instance.url}/v0.1/servers/${encodeURIComponent(SERVER)}/versions/latest`);
    expect(await answer.json()).toMatchObject({ server: { version: '1.1.0' } });
  });

  it('deprecates, deletes and restores a version', async () => {
    await page.goto(`${instance.url}/publish/acme`);
    const row = version(page, '1.0.0');
    const listed = async () => {
      const answer = await fetch(`${instance.url}/v0.1/servers/${encodeURIComponent(SERVER)}/versions`);
      return ((await answer.json()) as { servers: { server: { version: string } }[] }).servers.map(
        ({ server }) => server.version,
      );
    };
    await row.getByText('Change', { exact: true }).click();
    await row.getByLabel('Message').fill('Use 1.1.0.');
    await row.getByRole('button', { name: 'Deprecate' }).click();
    await row.getByText('deprecated', { exact: true }).waitFor();
    await row.getByText('Use 1.1.0.').first().waitFor();
    await row.getByRole('button', { name: 'Delete' }).click();
    await row.getByText('deleted', { exact: true }).waitFor();
    expect(await listed()).toEqual(['1.1.0']);
    await row.getByRole('button', { name: 'Restore' }).click();
    await row.getByText('deleted', { exact: true }).waitFor({ state: 'detached' });
    expect((await listed()).sort()).toEqual(['1.0.0', '1.1.0']);
  });

  it('hands the namespace to a publisher of somebody else, who needs no JavaScript to accept it', async () => {
    if (!('browser' in launched)) return;
    const maria = await signIn(launched.browser, 'Maria', { javaScriptEnabled: false });
    await maria.goto(`${instance.url}/publish`);
    await maria.getByLabel('Name', { exact: true }).fill('Acme Labs');
    await maria.getByLabel('Short name').fill('acme-labs');
    await maria.getByRole('button', { name: 'Create publisher' }).click();
    await maria.getByRole('link', { name: 'Claim a namespace' }).first().click();
    await maria.getByLabel('1. Namespace').fill('org.acme-labs');
    await maria.getByRole('button', { name: 'Show instructions' }).click();
    await maria.getByRole('button', { name: 'Check now' }).click();
    await maria.getByText('RECORD_MISSING').waitFor();

    await page.goto(`${instance.url}/publish/acme?tab=namespaces`);
    await page.getByText('Transfer to another publisher').click();
    await page.getByLabel('Short name of the other publisher').fill('acme-labs');
    await page.getByRole('button', { name: 'Offer transfer' }).click();
    await page.getByText(`Offered ${NAMESPACE} to acme-labs.`).waitFor();

    await maria.goto(`${instance.url}/publish/acme-labs?tab=offers`);
    await maria.getByRole('button', { name: 'Accept' }).click();
    await maria
      .getByRole('listitem', { name: `transfer of ${NAMESPACE}` })
      .getByText('accepted', { exact: true })
      .waitFor();
    await maria.goto(`${instance.url}/publish/acme-labs`);
    // The proof moved along; the signer did not, because it is not hers.
    await version(maria, '1.1.0').getByText('verified').waitFor();
    await version(maria, '1.1.0').getByText('unknown signer').waitFor();

    const file = writeManifest('2.0.0');
    const refused = await runHallmark(['publish', file, '--registry', instance.url], { HALLMARK_TOKEN: token });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('403') });
    await maria.context().close();
  });

  it('invites somebody, once', async () => {
    if (!('browser' in launched)) return;
    await page.goto(`${instance.url}/publish/acme?tab=members`);
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = (await page.getByRole('status').locator('pre').textContent()) ?? '';
    const [peter, eve] = [await signIn(launched.browser, 'Peter'), await signIn(launched.browser, 'Eve')];
    await peter.goto(link);
    await peter.getByRole('button', { name: 'Accept' }).click();
    await peter.getByText('your role: maintainer').waitFor();
    await eve.goto(link);
    await eve.getByText('This invitation was accepted already.').waitFor();
    expect((await eve.goto(`${instance.url}/publish/acme`))?.status()).toBe(404);
  });

  it('has seen no error in the browser', () => {
    expect(errors).toEqual([]);
  });
});

if ('reason' in launched) {
  it('goes from nothing to a signed, verified listing', (context) => context.skip(launched.reason));
}
