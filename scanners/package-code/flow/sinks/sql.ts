import { SQL_INJECTION } from '../../rules.ts';
import type { Call } from '../call.ts';
import { type Frame, uncheckedArguments } from '../frame.ts';
import { TAINT, UNKNOWN } from '../values.ts';
import { capital } from './command.ts';
import { isOpen, saysArgument, toolOf } from './inspect.ts';

/** Methods of database libraries that take a statement. */
const METHODS =
  /^(?:query|execute|executemany|executescript|exec|raw|prepare|all|run|get|each|unsafe|\$queryRawUnsafe|\$executeRawUnsafe|fetch|fetchrow|fetchval|fetch_all|fetch_one|read_sql|read_sql_query|sql|text|mutate|simpleQuery|execute_?[qQ]uery|run_?[qQ]uery)$/;
const STATEMENT =
  /^[\s(]*(?:select\b[\s\S]{0,2000}?\bfrom\b|insert\s+(?:or\s+\w+\s+)?into\b|update\b[\s\S]{0,400}?\bset\b|delete\s+from\b|drop\s+(?:table|database|index|view|schema)\b|create\s+(?:or\s+replace\s+)?(?:table|database|index|view|user|schema|unique)\b|alter\s+(?:table|database|user)\b|truncate\s+table\b|replace\s+into\b|with\s+\w+\s+as\s*\(|pragma\s+\w+|describe\s+|explain\s+|show\s+(?:tables|columns|create)\b)/i;

/** Arguments that are SQL by their name: `EXPLAIN` before a query, conditions of a filter. */
const OPEN_STATEMENT = { argument: /\b(?:sql|query|queries|statement|where|condition|conditions|expression|cypher)\b/ };

/** A statement put together with a tool's argument. A statement taken whole is power that the tool is open about, see `cap.sql`. */
export function inspectSql(call: Call, frame: Frame): void {
  const { method, code } = call;
  // One of the package's own functions is followed to where it gives the statement away.
  if (method === null || !METHODS.test(method) || call.callee.functions.length > 0) return;
  const statement = call.args[0] ?? UNKNOWN;
  const text = statement.text ?? statement.fields?.get('sql')?.text ?? statement.fields?.get('text')?.text ?? null;
  const value =
    statement.text !== null ? statement : (statement.fields?.get('sql') ?? statement.fields?.get('text') ?? statement);
  if (text === null || !text.includes(TAINT) || !STATEMENT.test(text)) return;
  const [source] = uncheckedArguments({ ...value, fields: null, items: null }, frame);
  if (source === undefined || isOpen(source, frame, OPEN_STATEMENT)) return;
  frame.engine.record.sighting(frame.module, code, {
    ruleId: SQL_INJECTION.id,
    message: `${capital(saysArgument(source, frame))} is put into the text of an SQL statement.`,
    tool: toolOf(source, frame),
    argument: source.name,
  });
}
