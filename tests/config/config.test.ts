import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '#lib/config/config.ts';

describe('parseConfig', () => {
  it('starts without any variable', () => {
    expect(parseConfig({})).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', publicUrl: 'http://localhost:3000' });
  });

  it('counts an empty variable as unset', () => {
    expect(parseConfig({ MEILI_URL: '', PORT: '' })).toEqual(parseConfig({}));
  });

  it('cuts slashes at the end of the public address', () => {
    expect(parseConfig({ HALLMARK_URL: 'https://mcp.example.com//' }).publicUrl).toBe('https://mcp.example.com');
  });

  it.each([
    ['PORT', '70000', /PORT must be between 0 and 65535, e\.g\. 3000/],
    ['PORT', 'http', /PORT must be a number/],
    ['DATABASE_URL', 'mysql://x', /DATABASE_URL must be a PostgreSQL address, e\.g\. postgresql:/],
    ['MEILI_URL', 'localhost', /MEILI_URL must be an absolute URL/],
    ['MEILI_URL', 'ftp://search', /MEILI_URL must be an absolute URL with http/],
    ['HALLMARK_URL', 'ftp://x', /HALLMARK_URL must be an absolute URL with http:\/\/ or https:\/\/, e\.g\. https/],
    ['HALLMARK_URL', 'https://example.com/mcp', /HALLMARK_URL must end after the host .* below a path, e\.g\. https/],
    ['HALLMARK_URL', 'https://example.com/?a', /HALLMARK_URL must end after the host/],
    ['HALLMARK_URL', 'https://me:secret@example.com', /HALLMARK_URL must end after the host/],
    ['HALLMARK_MASTER_KEY', 'abc', /HALLMARK_MASTER_KEY must be 32 bytes as base64 or hex, e\.g\./],
    ['HALLMARK_DNS_SERVERS', '1.2.3.4:99999', /HALLMARK_DNS_SERVERS must be addresses .* e\.g\. 10\.0\.0\.53/],
    ['HALLMARK_DNS_SERVERS', '1.2.3.4:0', /HALLMARK_DNS_SERVERS/],
    ['HALLMARK_DNS_SERVERS', '1.2.3.400', /HALLMARK_DNS_SERVERS/],
    ['HALLMARK_DNS_SERVERS', '127.0.0.1, 1.2.3', /HALLMARK_DNS_SERVERS/],
    ['HALLMARK_DNS_SERVERS', '[::1::2]', /HALLMARK_DNS_SERVERS/],
    ['HALLMARK_BLOCKED_NAMESPACES', 'foo bar/,', /HALLMARK_BLOCKED_NAMESPACES must be namespaces, .* e\.g\. com/],
    ['HALLMARK_BLOCKED_NAMESPACES', 'com.evil, com.evil/server', /HALLMARK_BLOCKED_NAMESPACES/],
    ['HALLMARK_BLOCKED_NAMESPACES', 'com..evil', /HALLMARK_BLOCKED_NAMESPACES/],
    ['LOG_LEVEL', 'loud', /LOG_LEVEL must be trace, debug/],
    ['NEXTAUTH_SECRET', 'short', /NEXTAUTH_SECRET must have at least 32/],
    ['GITHUB_CLIENT_ID', 'abc', /GITHUB_CLIENT_SECRET is missing: GITHUB_CLIENT_ID is set/],
    ['OIDC_ISSUER', 'https://login.example.com', /OIDC_CLIENT_ID is missing/],
  ])('refuses %s=%s with a sentence that names it', (name, value, message) => {
    expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: value })).toThrow(message);
  });

  it('takes every form of a name server and of a namespace', () => {
    const servers = ['10.0.0.53', '127.0.0.1:5353', '[::1]', '[2001:db8::1]:53'];
    const namespaces = ['com.example', 'io.github.Acme_1/*', 'localhost'];
    expect(
      parseConfig({
        HALLMARK_DNS_SERVERS: servers.join(', '),
        HALLMARK_BLOCKED_NAMESPACES: `${namespaces.join(',')},`,
        HALLMARK_MASTER_KEY: 'ab'.repeat(32),
      }),
    ).toMatchObject({ HALLMARK_DNS_SERVERS: servers, HALLMARK_BLOCKED_NAMESPACES: namespaces });
  });

  it('names every fault at once', () => {
    expect(() => parseConfig({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/PORT[\s\S]*LOG_LEVEL/);
  });
});
