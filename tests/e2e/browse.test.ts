import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostmaster } from '#lib/db/postmaster.ts';
import { launchBrowser } from './browser.ts';
import { type RunningInstance, startInstance } from './running-instance.ts';

/** `hallmark start` on an empty data folder, and a person with a browser before it. */
const launched = await launchBrowser();
const LONG = 360_000;

describe('a first start', () => {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-start-'));
  let instance: RunningInstance;
  let context: BrowserContext;

  beforeAll(async () => {
    instance = await startInstance({ dataDir });
    if ('browser' in launched) context = await launched.browser.newContext();
  }, LONG);
  afterAll(async () => {
    if ('browser' in launched) await launched.browser.close();
    await instance?.stop('SIGTERM');
    fs.rmSync(dataDir, { recursive: true, force: true });
  }, LONG);

  it('is ready, with its examples and a one-time link', async () => {
    const ready = await fetch(`${instance.url}/readyz`);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: { database: 'ok', migrations: 'ok', signingKeys: 'ok' },
    });
    expect(instance.signInLink()).toMatch(/callback\/link/);
    const { servers } = (await (await fetch(`${instance.url}/v0.1/servers?limit=100`)).json()) as {
      servers: { server: { name: string } }[];
    };
    expect(servers.map(({ server }) => server.name)).toEqual(
      expect.arrayContaining(['com.example/notes', 'io.github.modelcontextprotocol/server-filesystem']),
    );
  });

  it(
    'lets a person search, open a server, sign in, approve it and see the serial move',
    async (test) => {
      if ('reason' in launched) return test.skip(launched.reason);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));

      await page.goto(instance.url);
      await page.getByRole('searchbox').fill('wether demonstration');
      await page.getByRole('searchbox').press('Enter');
      await page.getByRole('link', { name: 'Weather (demonstration)' }).click();
      await page.getByRole('heading', { level: 1, name: 'Weather (demonstration)' }).waitFor();
      expect(page.url()).toContain('/servers/com.example/weather');

      // The scan of a demonstration needs no network; it runs, or reads the declared tools where there is no sandbox.
      await expect
        .poll(
          async () => {
            await page.reload();
            return page.getByText('Grade A').count();
          },
          { timeout: 120_000, interval: 2000 },
        )
        .toBeGreaterThan(0);

      await page.goto(instance.signInLink()!);
      await page.goto(`${instance.url}/orgs`);
      await page.getByLabel('Name', { exact: true }).fill('Acme IT');
      await page.getByLabel('Short name').fill('acme-it');
      await page.getByRole('button', { name: /create/i }).click();
      await page.waitForURL('**/orgs/acme-it**');

      await page.goto(`${instance.url}/servers/com.example/weather?tab=approval`);
      await page.getByRole('checkbox', { name: /get_temperature/ }).check();
      await page.getByLabel('Reason', { exact: true }).fill('It only reads a table.');
      await page.getByRole('button', { name: 'Approve 1.0.0' }).click();
      await page.getByText('The feed is at serial 2').waitFor();

      await page.goto(`${instance.url}/orgs/acme-it/feed`);
      expect(await page.getByText(/approved com\.example\/weather 1\.0\.0/).count()).toBeGreaterThan(0);
      await page.goto(`${instance.url}/servers/com.example/weather?tab=approval`);
      await page.getByLabel('Reason to revoke').fill('Drill.');
      await page.getByRole('button', { name: 'Revoke 1.0.0' }).click();
      await page.getByText('The feed is at serial 3').waitFor();
      expect(errors).toEqual([]);
    },
    LONG,
  );

  it(
    'shows what the marks rest on, and the administration to its admin alone',
    async (test) => {
      if ('reason' in launched) return test.skip(launched.reason);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));

      await page.goto(`${instance.url}/servers/com.example/weather?tab=trust`);
      await page.getByText('Signed by a bound signer.').waitFor();
      expect(await page.getByText('Log entry', { exact: true }).count()).toBe(1);
      await page.getByRole('link', { name: 'Example publisher (demonstration)' }).first().click();
      await page.waitForURL('**/publishers/example');
      expect(await page.getByText('Nobody can prove this name').count()).toBe(1);
      expect(await page.getByRole('link', { name: 'Weather (demonstration)' }).count()).toBe(1);

      await page.getByRole('link', { name: 'Admin', exact: true }).first().click();
      await page.getByLabel('Address').fill('https://upstream.invalid/v0.1/servers');
      await page.getByLabel('Name', { exact: true }).fill('upstream');
      await page.getByRole('button', { name: 'Add upstream' }).click();
      await page.getByText('Added upstream.').waitFor();
      await page.getByRole('button', { name: 'Disable' }).click();
      await page.getByText('disabled', { exact: true }).waitFor();

      await page.goto(`${instance.url}/admin?tab=tokens`);
      await page.getByLabel('Name', { exact: true }).fill('moderation');
      await page.getByRole('button', { name: 'Issue token' }).click();
      await page.getByText(/^hmk_adm_[^…]{20}/).waitFor();
      await page.goto(`${instance.url}/admin?tab=audit`);
      expect(await page.getByText('Added upstream registry upstream').count()).toBe(1);
      expect(errors).toEqual([]);
      expect((await fetch(`${instance.url}/admin`)).status).toBe(404);
      expect((await fetch(`${instance.url}/publishers/nobody`)).status).toBe(404);
    },
    LONG,
  );

  it('does not sign in twice with one link', async (test) => {
    if ('reason' in launched) return test.skip(launched.reason);
    const other = await launched.browser.newContext();
    const page = await other.newPage();
    await page.goto(instance.signInLink()!);
    expect((await other.cookies()).map(({ name }) => name)).not.toContain('next-auth.session-token');
    await other.close();
  });

  it(
    'starts again after it was killed, keeps what was there, and leaves nothing behind when stopped',
    async () => {
      await instance.stop('SIGKILL');
      instance = await startInstance({ dataDir });
      const answer = await fetch(`${instance.url}/v0.1/servers/com.example%2Fweather/versions/latest`);
      expect(answer.status).toBe(200);
      expect(instance.signInLink()).toSatisfy((link) => ('reason' in launched ? link !== null : link === null));
      expect(await instance.stop('SIGINT')).toBe(0);
      await expect(fetch(`${instance.url}/healthz`)).rejects.toThrow();
      // At once, or by a child of the killed one that was still busy.
      await expect
        .poll(() => fs.existsSync(path.join(dataDir, 'postgres', 'postmaster.pid')), { timeout: 60_000 })
        .toBe(false);
      expect(fs.existsSync(path.join(dataDir, 'hallmark.pid'))).toBe(false);
      instance = await startInstance({ dataDir });
    },
    LONG,
  );

  it(
    'leaves no database behind when it is killed, and ends with a sentence when its database does',
    async () => {
      const cluster = path.join(dataDir, 'postgres');
      await instance.stop('SIGKILL');
      await expect.poll(() => findPostmaster(cluster), { timeout: 60_000 }).toBeNull();
      instance = await startInstance({ dataDir });
      process.kill(findPostmaster(cluster)!.pid, 'SIGQUIT');
      expect(await instance.ended).toBe(1);
      expect(instance.output()).toContain('The embedded PostgreSQL ended, so Hallmark ends too.');
    },
    LONG,
  );
});
