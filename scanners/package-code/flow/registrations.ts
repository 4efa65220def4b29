import type { Call } from './call.ts';
import type { Frame } from './frame.ts';
import { argumentsOf } from './objects.ts';
import { type ClassState, type Closure, symbolValue, UNKNOWN, type Value, valueWith } from './values.ts';

/** Methods of MCP libraries that take a tool's handler. */
const TOOL_METHODS =
  /^(?:tool|registerTool|addTool|add_tool|defineTool|createTool|registerResource|resource|registerPrompt|prompt|registerAppTool)$/;

/** Whether a call of this method registers a handler: its function then runs with what the model gives, not where it stands. */
export const isToolName = (method: string | null): boolean =>
  method !== null && (TOOL_METHODS.test(method) || method === 'setRequestHandler');

/** Types that leave no free text: checked by the schema before a handler sees them. */
const CLEAN =
  /\.(?:number|boolean|int|int32|float32|float64|enum|nativeEnum|literal|bigint|date|uuid|email|datetime|regex|refine|transform|superRefine|cuid2?|ulid|ip|ipv4|iso|base64|guid)\(\)/;

export const isCleanField = ({ symbol }: Value): boolean => CLEAN.test(symbol ?? '');

/** Keys under which definitions of tools keep their function. */
const HANDLER_KEYS = [
  'execute',
  'handler',
  'run',
  'callback',
  'cb',
  'invoke',
  'func',
  'fn',
  'call',
  'handle',
  'implementation',
  'toolHandler',
];

/** Finds handlers of tools in calls: `server.tool(…)`, `registerTool(…)`, `addTool({…})`, `setRequestHandler(CallToolRequestSchema, …)`. */
export function registerCall(call: Call, frame: Frame): void {
  const name = call.method ?? (call.code.f.t === 'name' ? call.code.f.n : null);
  if (name === null) return;
  if (name === 'setRequestHandler') registerRequestHandler(call, frame);
  if (!TOOL_METHODS.test(name)) return;
  const handler = call.args.findLast(({ functions }) => functions.length > 0);
  if (handler === undefined) return;
  const [first = UNKNOWN] = call.args;
  const title = first.text ?? call.named.get('name')?.text ?? nameOf(handler);
  const isTool = /tool/i.test(name);
  const schema = schemaOf(call.args.slice(1, -1));
  // A tool without a schema gets no arguments; resources and prompts have theirs elsewhere.
  const hasArguments =
    schema !== null || /^(?:registerTool|registerAppTool|createTool|defineTool|add_tool)$/.test(name) || !isTool;
  if (!hasArguments && call.args.length < 3) return;
  const tool = isTool ? title : null;
  if (frame.module.language === 'python') registerPython(handler.functions, tool ?? title, frame);
  else register(handler.functions, tool, [argumentValue(tool, schema)], frame);
}

const nameOf = ({ functions }: Value): string | null => functions[0]?.fn.name ?? null;

/** The schema among the arguments: an object of its fields, or one that has it as `inputSchema` or `parameters`. */
function schemaOf(args: readonly Value[]): Value | null {
  for (const arg of args) {
    const inner =
      arg.fields?.get('inputSchema') ??
      arg.fields?.get('parameters') ??
      arg.fields?.get('schema') ??
      arg.fields?.get('input') ??
      arg.fields?.get('argsSchema');
    if (inner !== undefined) return inner;
    if (arg.fields !== null || (arg.symbol !== null && arg.text === null)) return arg;
  }
  return null;
}

/** All arguments of a tool; those that its schema checks are known to be no free text. */
function argumentValue(tool: string | null, schema: Value | null): Value {
  const all = argumentsOf(tool);
  if (schema?.fields == null) return all;
  const fields = new Map<string, Value>();
  for (const [name, field] of schema.fields) {
    const source = { kind: 'argument', tool, name, isChecked: false } as const;
    fields.set(name, isCleanField(field) ? UNKNOWN : valueWith({ from: [source], isWhole: true }));
  }
  return { ...all, fields };
}

function register(functions: readonly Closure[], tool: string | null, args: Value[], { engine }: Frame): void {
  for (const closure of functions) engine.register({ closure, tool, args });
}

function registerRequestHandler({ code, args }: Call, frame: Frame): void {
  const [schema] = code.a;
  const called =
    schema?.t === 'name'
      ? schema.n
      : schema?.t === 'get' && typeof schema.p === 'string'
        ? schema.p
        : (args[0]?.text ?? '');
  if (!/CallTool|tools\/call/.test(called)) return;
  const handler = args[1];
  if (handler === undefined) return;
  register(handler.functions, null, [symbolValue('@request')], frame);
}

/** `{name: 'x', description, parameters, execute: fn}`, wherever it stands: lists of tools, arguments, exports. */
export function registerObject(object: Value, frame: Frame): void {
  const { fields } = object;
  if (fields === null || fields.size < 2) return;
  const key = HANDLER_KEYS.find((one) => (fields.get(one)?.functions.length ?? 0) > 0);
  if (key === undefined) return;
  const definition = fields.get('definition') ?? fields.get('tool') ?? fields.get('schema');
  const name = fields.get('name')?.text ?? definition?.fields?.get('name')?.text ?? null;
  const schema =
    fields.get('inputSchema') ??
    fields.get('parameters') ??
    fields.get('schema') ??
    definition?.fields?.get('inputSchema') ??
    null;
  const isTool = schema !== null && (name !== null || fields.has('description'));
  if (isTool) register(fields.get(key)?.functions ?? [], name, [argumentValue(name, schema)], frame);
}

/** `class X extends MCPTool { name = 'x'; schema = {…}; async execute(input) {…} }` */
export function registerClass(state: ClassState, parent: string | null, frame: Frame): void {
  const { fields, methods } = state;
  const key = ['execute', 'handler', 'run', 'call', 'invoke', 'apply'].find((one) => methods.has(one));
  const schema = fields.get('schema') ?? fields.get('inputSchema') ?? fields.get('parameters') ?? null;
  const isTool = /tool/i.test(parent ?? '') || (fields.has('name') && schema !== null);
  if (key === undefined || !isTool) return;
  const name = fields.get('name')?.text ?? state.c.name;
  const closure = methods.get(key) as Closure;
  if (frame.module.language === 'python') registerPython([closure], name, frame);
  else register([closure], name, [argumentValue(name, schema)], frame);
}

/** Python: `@mcp.tool()`, `@server.call_tool()`, `@mcp.resource('x://{path}')`. */
export function registerDecorated(closure: Closure, frame: Frame): void {
  for (const decorator of closure.fn.decorators) {
    const target = decorator.t === 'call' ? decorator.f : decorator;
    const name = target.t === 'get' && typeof target.p === 'string' ? target.p : target.t === 'name' ? target.n : '';
    const named = decorator.t === 'call' ? decorator.named.find(([key]) => key === 'name')?.[1] : undefined;
    const first = decorator.t === 'call' ? decorator.a[0] : undefined;
    const title = named?.t === 'text' ? named.v : first?.t === 'text' ? first.v : closure.fn.name;
    if (name === 'call_tool') {
      const params = closure.fn.params.filter((parameter) => !isContext(parameter.name));
      const args = closure.fn.params.map((parameter) => {
        const i = params.indexOf(parameter);
        return i === 0 ? symbolValue('@tool-name') : i === 1 ? argumentsOf(null) : UNKNOWN;
      });
      register([closure], null, args, frame);
    } else if (/^(?:tool|mcp_tool|register_tool)$/.test(name)) {
      registerPython([closure], title, frame);
    } else if (/^(?:resource|prompt)$/.test(name)) {
      registerPython([closure], null, frame);
    }
  }
}

const isContext = (name: string | null): boolean =>
  name === null || /^(?:self|cls|ctx|context|_ctx|_context|mcp_ctx|request_context)$/.test(name);

/** Annotations whose values a library checks: numbers, switches, fixed choices. */
const CHECKED_ANNOTATION =
  /^(?:(?:typing\.)?(?:Optional|Annotated)\[)?\s*(?:int|float|bool|complex|Decimal|date|datetime|time|timedelta|UUID|(?:typing\.)?Literal\[|Context|EmailStr|IPv4Address)/;

function registerPython(functions: readonly Closure[], tool: string | null, frame: Frame): void {
  for (const closure of functions) {
    const args = closure.fn.params.map(({ name, annotation, isRest }) => {
      const isLeft =
        isContext(name) || isRest || CHECKED_ANNOTATION.test(annotation ?? '') || /\bContext\b/.test(annotation ?? '');
      if (isLeft) return name === 'self' && closure.self !== null ? closure.self : UNKNOWN;
      return valueWith({ from: [{ kind: 'argument', tool, name, isChecked: false }], isWhole: true });
    });
    frame.engine.register({ closure, tool, args });
  }
}
