import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { hostArchitecture } from '#lib/scans/acquire/image/choose-platform.ts';
import type { RemoteWorld } from './remote-servers.ts';

export type TarEntry = { name: string; content?: Buffer | string; mode?: number; type?: string; link?: string };

/** A ustar archive (POSIX.1-1988), names as they are given. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', mode = 0o755, type = '0', link = '' }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    const octal = (value: number, at: number, length: number) =>
      header.write(value.toString(8).padStart(length - 1, '0'), at, length);
    octal(mode, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(bytes.length, 124, 12);
    octal(0, 136, 12);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write('ustar\x0000', 257);
    header.fill(' ', 148, 156);
    header.write(
      `${[...header]
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Programs of this machine with the libraries and the loader that they need, below `/opt/sys` where no host program looks. */
export function programs(...names: string[]): TarEntry[] {
  const files = new Map<string, string>();
  for (const name of names) {
    const path = execFileSync('/bin/sh', ['-c', `command -v ${name}`], {
      env: { ...process.env, PATH: '/usr/bin:/bin' },
    })
      .toString()
      .trim();
    files.set(`opt/sys/bin/${name}`, path);
    for (const [, library = ''] of execFileSync('ldd', [path])
      .toString()
      .matchAll(/(\/[^\s]+) \(0x/g)) {
      files.set(library.slice(1), library);
    }
  }
  return [...files].map(([name, path]) => ({ name, content: readFileSync(realpathSync(path)) }));
}

const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
export type Push = {
  layers: readonly (readonly TarEntry[])[];
  config?: object;
  architecture?: string;
  /** What the image says of a layer instead of the truth. */
  claims?: { size?: number; digest?: string; mediaType?: string; diffId?: string };
};

/** Pushes an image to the registry double at `base`; returns its digest. Its index lists another platform first. */
export function push(
  world: RemoteWorld,
  base: string,
  { layers, config = {}, architecture, claims = {} }: Push,
): string {
  const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const blob = (bytes: Buffer): { digest: string; size: number } => {
    world.web.set(`${base}/blobs/${digestOf(bytes)}`, { body: bytes });
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const document = (value: object, mediaType: string): string => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType, ...value });
    const digest = digestOf(Buffer.from(body));
    world.web.set(`${base}/manifests/${digest}`, { headers: { 'content-type': mediaType }, body });
    return digest;
  };
  const tars = layers.map(tarOf);
  const arch = architecture ?? hostArchitecture();
  const described = {
    os: 'linux',
    architecture: arch,
    config,
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => claims.diffId ?? digestOf(tar)) },
  };
  const image = document(
    {
      config: blob(Buffer.from(JSON.stringify(described))),
      layers: tars.map((tar) => ({ mediaType: GZIP, ...blob(gzipSync(tar)), ...claims })),
    },
    'application/vnd.oci.image.manifest.v1+json',
  );
  const platform = (architecture_: string) => ({ os: 'linux', architecture: architecture_ });
  return document(
    {
      manifests: [
        { digest: `sha256:${'0'.repeat(64)}`, platform: platform('s390x') },
        { digest: image, platform: platform(arch) },
      ],
    },
    'application/vnd.oci.image.index.v1+json',
  );
}
