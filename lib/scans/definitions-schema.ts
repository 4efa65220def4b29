import { z } from 'zod';
import type { Definitions, JsonObject } from '#lib/manifest/types.ts';

const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;
const text = z.string();

/** A tool as `tools/list` gives it. Members that are not known are dropped: they are not part of its digest. */
export const toolSchema = z.object({
  name: text.min(1).max(256),
  title: text.optional(),
  description: text.optional(),
  inputSchema: jsonObject.default({ type: 'object' }),
  outputSchema: jsonObject.optional(),
  annotations: z
    .object({
      title: text.optional(),
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
});

const named = { name: text.max(1000), title: text.optional(), description: text.optional() };

/** What somebody declares about a server: tools at least, the rest where given. At most 5,000 of a kind. */
export const definitionsSchema = z.object({
  tools: z.array(toolSchema).max(5000),
  prompts: z
    .array(z.object({ ...named, arguments: z.array(z.unknown() as unknown as z.ZodType<never>).optional() }))
    .max(5000)
    .nullable()
    .default(null),
  resources: z
    .array(z.object({ ...named, uri: text, mimeType: text.optional() }))
    .max(5000)
    .nullable()
    .default(null),
  resourceTemplates: z
    .array(z.object({ ...named, uriTemplate: text, mimeType: text.optional() }))
    .max(5000)
    .nullable()
    .default(null),
  instructions: text.nullable().default(null),
}) as unknown as z.ZodType<Definitions>;
