import fs from 'node:fs';
import type { Command } from 'commander';
import type { SignerChange } from '#lib/catalog/signer-change.ts';
import { parseManifest } from '#lib/manifest/index.ts';
import { registryBase } from '../registry-base.ts';
import { LOGIN_METHODS, LoginRefused, logIn } from '../registry-login.ts';
import { shown } from '../shown.ts';
import { type LoginOptions, loginFrom, withLoginOptions } from './login-options.ts';
import { reportFaults } from './signing-input.ts';

type Options = LoginOptions & {
  registry: string;
  token?: string;
  login?: string;
  bundle?: string;
  tools?: string;
  json?: boolean;
};

type Answer = Partial<Record<'detail' | 'name' | 'version' | 'signatureState' | 'signatureMessage', string>> & {
  signerChange?: SignerChange | null;
};

/** `hallmark publish`: sends a manifest, and its bundle where there is one, to a Hallmark registry. */
export function registerPublish(program: Command): void {
  const command = program
    .command('publish')
    .description('publish a server.json, with its Sigstore bundle')
    .argument('[file]', 'the manifest', 'server.json')
    .option('--registry <url>', 'the registry', process.env.HALLMARK_REGISTRY ?? 'http://localhost:3000')
    .option('--token <token>', 'publish token from the publisher console (better: HALLMARK_TOKEN)')
    .option('--login <method>', `instead of a token: prove the namespace by ${LOGIN_METHODS.join(', ')}`)
    .option('--bundle <file>', 'Sigstore bundle, as `hallmark sign` writes it')
    .option('--tools <file>', 'tool definitions as JSON, for servers that cannot be run')
    .option('--json', 'print the answer as JSON');
  withLoginOptions(command).action((file: string, options: Options) =>
    reportFaults(command, async () => {
      process.exitCode = await publish(file, options);
    }),
  );
}

/** 0 published, 1 refused, 2 wrong use. */
async function publish(file: string, options: Options): Promise<number> {
  const { bundle, tools, json } = options;
  const registry = registryBase(options.registry);
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const given = options.token ?? process.env.HALLMARK_TOKEN;
  if (!given && !options.login) {
    say(
      'There is no publish token. Issue one in the publisher console and set HALLMARK_TOKEN, or prove the namespace with --login.',
    );
    return 2;
  }
  const manifestBytes = read(file, 'manifest', say);
  const bundleText = bundle === undefined ? null : read(bundle, 'bundle', say);
  const toolsText = tools === undefined ? null : read(tools, 'tools file', say);
  if (!manifestBytes || (bundle && !bundleText) || (tools && !toolsText)) return 2;

  // The registry says the same; asking here first spares a round trip and works offline.
  const parsed = parseManifest(manifestBytes, { mode: 'publish' });
  for (const issue of parsed.issues) say(`${issue.severity}: ${issue.path || 'manifest'}: ${issue.message}`);
  if (!parsed.ok) return 1;

  let body: string;
  try {
    const declared = toolsText && JSON.parse(toolsText.toString('utf8'));
    body = JSON.stringify({
      manifest: manifestBytes.toString('base64'),
      ...(bundleText ? { bundle: JSON.parse(bundleText.toString('utf8')) } : {}),
      ...(declared ? { definitions: Array.isArray(declared) ? { tools: declared } : declared } : {}),
    });
  } catch (error) {
    say(`The bundle or the tools file is not JSON: ${error instanceof Error ? error.message : error}`);
    return 2;
  }
  const token = options.login ? await tokenByLogin({ ...options, login: options.login }, say) : given!;
  if (token === null) return 1;
  return send({ registry, token, isIssued: !options.login, body, json: json ?? false, say });
}

/** Last, so that a registry token of five minutes is not spent on reading files. */
async function tokenByLogin(
  options: LoginOptions & { login: string; registry: string },
  say: (text: string) => void,
): Promise<string | null> {
  try {
    return (await logIn(loginFrom(options))).token;
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    say(error.message);
    return null;
  }
}

async function send({
  registry,
  token,
  isIssued,
  body,
  json,
  say,
}: {
  registry: string;
  token: string;
  /** Issued in the console, and not by a login a moment ago. */
  isIssued: boolean;
  body: string;
  json: boolean;
  say: (text: string) => void;
}): Promise<number> {
  let response: Response;
  try {
    response = await fetch(`${registry}/api/v1/publish`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(60_000),
    });
  } catch (error) {
    say(
      `${registry} cannot be reached: ${error instanceof Error ? ((error.cause as Error)?.message ?? error.message) : error}`,
    );
    return 1;
  }
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (json) process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  if (!response.ok) {
    if (isIssued && response.status === 401) {
      say(
        `This is no publish token of ${registry}, or it was revoked or has expired. Issue one in the console, or use --login.`,
      );
    } else if (!json) say(`Refused (${response.status}): ${shown(answer.detail ?? 'no reason given')}`);
    return 1;
  }
  if (!json) {
    process.stdout.write(
      `Published ${answer.name} ${answer.version}, signature: ${answer.signatureState?.replace('_', ' ')}\n`,
    );
    if (answer.signatureMessage) say(answer.signatureMessage);
  }
  if (answer.signerChange) say(signerChangeText(answer.signerChange));
  return 0;
}

/** One sentence: a release that lost its signature or got another signer is often a broken workflow. */
function signerChangeText({ kind, previousVersion, from, to }: SignerChange): string {
  const before = `version ${shown(previousVersion)} was signed by ${shown(from?.text ?? 'somebody')}`;
  if (kind === 'signature-disappeared') return `Warning: this version is not signed, but ${before}.`;
  return `Warning: this version is signed by ${shown(to?.text ?? 'somebody')}, but ${before}.`;
}

function read(file: string, what: string, say: (text: string) => void): Buffer | null {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    say(`The ${what} ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`);
    return null;
  }
}
