import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CURRENT_SCHEMA_DATE, KNOWN_SCHEMA_DATES, manifestSchema, schemaUrl } from '#lib/manifest/index.ts';

describe('manifestSchema as JSON Schema, for the API description', () => {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' }) as {
    required: string[];
    properties: Record<string, Record<string, unknown>>;
    additionalProperties: unknown;
  };

  it('requires what a manifest needs and allows further members', () => {
    expect(schema.required).toEqual(['$schema', 'name', 'description', 'version']);
    expect(schema.additionalProperties).toEqual({});
  });

  it('carries the lengths and patterns of the official schema', () => {
    expect(schema.properties.name).toMatchObject({
      minLength: 3,
      maxLength: 200,
      pattern: String.raw`^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$`,
    });
    expect(schema.properties.description).toMatchObject({ minLength: 1, maxLength: 100 });
    expect(schema.properties.version).toMatchObject({ maxLength: 255 });
    expect(schema.properties.websiteUrl).toMatchObject({ format: 'uri' });
  });

  it('the current date is one of the known ones', () => {
    expect(KNOWN_SCHEMA_DATES).toContain(CURRENT_SCHEMA_DATE);
    expect(schemaUrl(CURRENT_SCHEMA_DATE)).toBe(
      'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    );
  });
});
