import { CODE_INJECTION, HIDDEN_CODE } from '../../rules.ts';
import type { Call } from '../call.ts';
import { type Frame, uncheckedArguments } from '../frame.ts';
import { madeOf, sourcesOf, UNKNOWN } from '../values.ts';
import { capital, sawHiddenSources } from './command.ts';
import { isOpen, saysArgument, toolOf } from './inspect.ts';

/** Functions that run a text as code. */
const EVALUATES =
  /^(?:eval|Function|GeneratorFunction|AsyncFunction|vm\.(?:runInThisContext|runInNewContext|runInContext|compileFunction|Script)|vm2\.VM\(\)\.run|exec|compile|builtins\.(?:eval|exec|compile)|execfile|runpy\.run_path|code\.InteractiveInterpreter\(\)\.run\w*)$/;
/** Functions that build objects from bytes, and so run what is in them. */
const UNPICKLES =
  /^(?:c?[pP]ickle\.loads?|dill\.loads?|marshal\.loads|shelve\.open|jsonpickle\.decode|node-serialize\.unserialize|yaml\.(?:load|unsafe_load|full_load))$/;
const IMPORTS = /^(?:require|import\(\)|__import__|importlib\.import_module)$/;

const OPEN_CODE = {
  argument:
    /\b(?:code|script|javascript|js|typescript|python|py|snippet|source|program|function|fn|body|notebook|cell|command)\b/,
  tools: /\b(?:eval|evaluate|exec|execute|run|repl|code|script|python|javascript|notebook|sandbox)\b/,
};

export function inspectCodeRun(call: Call, frame: Frame): void {
  const symbol = call.symbol ?? '';
  const { engine, module } = frame;
  if (IMPORTS.test(symbol)) {
    const [hidden] = sourcesOf(call.args[0] ?? UNKNOWN, 'decoded');
    const isShown = hidden === undefined;
    if (!isShown)
      engine.record.sighting(module, call.code, {
        ruleId: HIDDEN_CODE.id,
        message: 'The name of a module is decoded from a constant.',
        tool: frame.tool,
        argument: null,
        decoded: hidden.sample,
      });
    else sawHiddenSources(call, call.args[0] ?? UNKNOWN, frame, true);
    return;
  }
  const isUnpickle = UNPICKLES.test(symbol);
  if (!EVALUATES.test(symbol) && !isUnpickle) return;
  if (symbol === 'yaml.load' && call.args.length > 1) return;
  const code = isUnpickle || !/Function$/.test(symbol) ? (call.args[0] ?? UNKNOWN) : madeOf(call.args);
  if (sawHiddenSources(call, code, frame, true)) return;
  if (sawPacked(call, frame)) return;
  const [source] = uncheckedArguments(code, frame);
  if (source === undefined) return;
  if (!isUnpickle && isOpen(source, frame, OPEN_CODE)) {
    engine.record.power(module, call.code, 'runs-code', '');
    return;
  }
  engine.record.power(module, call.code, 'runs-code', '');
  engine.record.sighting(module, call.code, {
    ruleId: CODE_INJECTION.id,
    message: `${capital(saysArgument(source, frame))} is ${isUnpickle ? 'unpacked into objects, which runs code in it' : 'run as code'}, without a check that could be seen.`,
    tool: toolOf(source, frame),
    argument: source.name,
  });
}

const PACKED_CHARS = 200;

/** `eval(function (p, a, c, k, e, d) {…}('…', …))`: code that unpacks itself. */
function sawPacked({ code }: Call, { engine, module, tool }: Frame): boolean {
  const [inner] = code.a;
  if (inner?.t !== 'call' || inner.f.t !== 'function') return false;
  if (!inner.a.some((one) => one.t === 'text' && one.v.length >= PACKED_CHARS)) return false;
  const message = 'Code that unpacks itself from a constant is run.';
  engine.record.sighting(module, code, { ruleId: HIDDEN_CODE.id, message, tool, argument: null });
  return true;
}
