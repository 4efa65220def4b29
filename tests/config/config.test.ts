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
    ['LOG_LEVEL', 'loud', /LOG_LEVEL must be trace, debug/],
    ['NEXTAUTH_SECRET', 'short', /NEXTAUTH_SECRET must have at least 32/],
    ['GITHUB_CLIENT_ID', 'abc', /GITHUB_CLIENT_SECRET is missing: GITHUB_CLIENT_ID is set/],
    ['OIDC_ISSUER', 'https://login.example.com', /OIDC_CLIENT_ID is missing/],
  ])('refuses %s=%s with a sentence that names it', (name, value, message) => {
    expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: value })).toThrow(message);
  });

  it('names every fault at once', () => {
    expect(() => parseConfig({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/PORT[\s\S]*LOG_LEVEL/);
  });
});
