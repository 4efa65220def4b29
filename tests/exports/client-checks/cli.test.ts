import { describe, expect, it } from 'vitest';
import { servedOrgs } from '../../api/support/served-orgs.ts';
import { runHallmark } from '../../run-hallmark.ts';

const served = servedOrgs();
const base = () => `${served.origin}/orgs/acme/registry/k/${served.acme.viewKey}`;

describe('hallmark registry-check', () => {
  it('says that a client works', async () => {
    const { code, stdout } = await runHallmark(['registry-check', '--as', 'vscode,toolhive', base()]);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('VS Code at');
    expect(stdout).toContain('ToolHive at');
  });

  it('says what is wrong and how to mend it, with exit code 1', async () => {
    const { code, stdout } = await runHallmark(['registry-check', '--as', 'copilot-cli', `${base()}x`]);
    expect(code).toBe(1);
    expect(stdout).toContain('(KEY_WRONG)');
    expect(stdout).toContain('mend: Copy the address');
  });

  it('writes JSON', async () => {
    const { stdout } = await runHallmark(['registry-check', '--format', 'json', '--as', 'address', base()]);
    expect(JSON.parse(stdout)).toMatchObject([{ client: 'address', outcome: 'works' }]);
  });

  it('refuses a client that it does not know, with exit code 2', async () => {
    const { code, stderr } = await runHallmark(['registry-check', '--as', 'emacs', base()]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--as emacs is none of vscode')]);
  });
});
