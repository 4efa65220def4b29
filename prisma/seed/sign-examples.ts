/**
 * `npm run sign-examples`: signs the demonstration manifests with a private Sigstore that exists only while this runs,
 * and writes the bundles and its trusted root beside them. Run it after changing a manifest of `com.example`. The keys
 * are gone afterwards, so nothing else can ever be signed under the root that ships.
 */
import fs from 'node:fs';
import path from 'node:path';
import { signManifest } from '#lib/signing/index.ts';
import { emailToken, gitHubToken, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { DEMONSTRATION_SIGNER } from './demonstration-signer.ts';

const dir = import.meta.dirname;
const read = (name: string) => new Uint8Array(fs.readFileSync(path.join(dir, 'servers', `${name}.json`)));
const write = (name: string, value: unknown) =>
  fs.writeFileSync(path.join(dir, 'bundles', name), `${JSON.stringify(value, null, 2)}\n`);

const sigstore = await startPrivateSigstore();
const services = sigstore.services({ rekorVersion: 1, tsa: true });
const { repository, repositoryId, ownerId } = DEMONSTRATION_SIGNER;
const workflow = gitHubToken({ repository: repository!, repositoryId: repositoryId!, ownerId });

write('trusted-root.json', sigstore.trustedRoot);
write(
  'demo-weather.sigstore.json',
  await signManifest({
    manifestBytes: read('demo-weather'),
    form: 'dsse',
    sigstore: services,
    identityToken: workflow,
  }),
);
// A valid signature by somebody whom the publisher never named.
write(
  'demo-backup.sigstore.json',
  await signManifest({
    manifestBytes: read('demo-backup'),
    form: 'message',
    sigstore: services,
    identityToken: emailToken({ email: 'stranger@example.org' }),
  }),
);
// A bundle of other bytes: what a manifest looks like that was changed after signing.
const changed = Buffer.from(read('demo-notes')).toString('utf8').replace('Do not install.', 'Good notes.');
write(
  'demo-notes.sigstore.json',
  await signManifest({
    manifestBytes: new Uint8Array(Buffer.from(changed)),
    form: 'message',
    sigstore: services,
    identityToken: workflow,
  }),
);
await sigstore.close();
