import { withCedar } from './cedar-engine.ts';
import { POLICY_SCHEMA } from './schema.ts';

/** The schema as it is published: in Cedar's notation with comments, or in its JSON form. */
export function policySchema(format: 'cedar' | 'json'): { body: string; contentType: string } {
  if (format === 'cedar') return { body: POLICY_SCHEMA, contentType: 'text/plain; charset=utf-8' };
  const answer = withCedar((cedar) => cedar.schemaToJson(POLICY_SCHEMA));
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message ?? 'the schema cannot be converted');
  return { body: `${JSON.stringify(answer.json, null, 2)}\n`, contentType: 'application/json' };
}
