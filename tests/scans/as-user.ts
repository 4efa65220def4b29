/** Started by a test as another user: detects the sandbox, runs one server in it, prints what came out as JSON. */
import { introspectServer } from '#lib/scans/introspect/introspect-server.ts';
import { detectSandbox, spawnSandboxed } from '#lib/scans/sandbox/index.ts';

const [source = '', file = '', marker = ''] = process.argv.slice(2);
const sandbox = await detectSandbox();
if (!sandbox.available) {
  process.stdout.write(JSON.stringify({ sandbox }));
} else {
  const result = await introspectServer({
    spawn: () =>
      spawnSandboxed({
        sandbox,
        command: [file.endsWith('.sh') ? 'sh' : 'node', `/app/${file}`, marker],
        readOnlyPaths: [{ source, target: '/app' }],
      }),
  });
  process.stdout.write(JSON.stringify({ sandbox, result }));
}
