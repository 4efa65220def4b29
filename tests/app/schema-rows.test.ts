import { describe, expect, it } from 'vitest';
import { schemaRows } from '#app/text/schema-rows.ts';
import type { JsonObject } from '#lib/manifest/types.ts';

const typesOf = (schema: JsonObject) =>
  Object.fromEntries(schemaRows(schema).rows.map(({ path, type }) => [path, type]));

describe('schemaRows', () => {
  it('lists required parameters first and says what each may be', () => {
    const { rows, isCut } = schemaRows({
      type: 'object',
      properties: {
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
        path: { type: 'string', description: 'Where to look' },
      },
      required: ['path'],
    });
    expect(isCut).toBe(false);
    expect(rows).toEqual([
      { path: 'path', depth: 0, type: 'string', isRequired: true, description: 'Where to look', limits: [] },
      {
        path: 'limit',
        depth: 0,
        type: 'integer',
        isRequired: false,
        description: null,
        limits: ['default 10', 'at least 1', 'at most 100'],
      },
    ]);
  });

  it('writes types as TypeScript does', () => {
    expect(
      typesOf({
        properties: {
          a: { type: ['string', 'null'] },
          b: { enum: ['x', 'y', 3] },
          c: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
          d: { const: true },
          e: {},
          f: { type: 'array' },
        },
      }),
    ).toEqual({ a: 'string | null', b: '"x" | "y" | 3', c: '(string | number)[]', d: 'true', e: 'any', f: 'any[]' });
  });

  it('goes into objects and lists of objects', () => {
    const inner = { type: 'object', properties: { k: { type: 'string' } }, required: ['k'] };
    expect(
      typesOf({
        properties: { options: { type: 'object', properties: { filters: { type: 'array', items: inner } } } },
      }),
    ).toEqual({ options: 'object', 'options.filters': 'object[]', 'options.filters[].k': 'string' });
  });

  it('follows references inside the schema', () => {
    expect(
      typesOf({
        properties: { p: { $ref: '#/$defs/Point' } },
        $defs: { Point: { type: 'object', properties: { x: { type: 'number' } } } },
      }),
    ).toEqual({ p: 'object', 'p.x': 'number' });
  });

  describe('of hostile schemas', () => {
    const deep = (levels: number): JsonObject =>
      levels === 0 ? { type: 'string' } : { type: 'object', properties: { n: deep(levels - 1) } };

    it.each<[string, JsonObject]>([
      ['a reference to itself', { properties: { a: { $ref: '#' } } }],
      [
        'references in a circle',
        { properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { $ref: '#/$defs/c' }, c: { $ref: '#/$defs/b' } } },
      ],
      ['a reference to another document', { properties: { a: { $ref: 'https://evil.example/schema.json' } } }],
      ['a reference into the prototype', { properties: { a: { $ref: '#/__proto__/constructor' } } }],
      ['lists in lists without end', { properties: { a: { type: 'array', items: { $ref: '#/properties/a' } } } }],
      [
        'values of the wrong kind',
        { properties: { a: 7, b: null, c: [], d: { type: 5, enum: 'x', required: 3 } }, required: 'a' },
      ],
      ['properties that are a list', { properties: ['a'] }],
    ])('ends at %s', (_, schema) => {
      expect(schemaRows(schema).rows.length).toBeLessThanOrEqual(80);
    });

    it('stops at 80 rows and says that there is more', () => {
      const properties = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}`, { type: 'string' }]));
      const { rows, isCut } = schemaRows({ properties });
      expect(rows).toHaveLength(80);
      expect(isCut).toBe(true);
    });

    it('stops at five levels and says that there is more', () => {
      const { rows, isCut } = schemaRows(deep(40));
      expect(rows.map((row) => row.path).at(-1)).toBe('n.n.n.n.n');
      expect(isCut).toBe(true);
    });
  });
});
