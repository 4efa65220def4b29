import { COMMAND_INJECTION, HIDDEN_CODE, PERSISTENCE, REMOTE_CODE, REVERSE_SHELL_RULE } from '../../rules.ts';
import { wordsOf } from '../../text/hosts.ts';
import { DECODE_AND_RUN, FETCH_AND_RUN, REVERSE_SHELL, STARTUP_COMMAND } from '../../text/places.ts';
import type { Call } from '../call.ts';
import { type Frame, uncheckedArguments } from '../frame.ts';
import { HOLE, joined, sourcesOf, TAINT, UNKNOWN, type Value } from '../values.ts';
import { isOpen, saysArgument, toolOf } from './inspect.ts';

/** Functions that hand a text to a shell. */
const SHELL =
  /^(?:child_process\.exec(?:Sync)?|shelljs\.exec|execa\.(?:execaCommand(?:Sync)?|command(?:Sync)?)|os\.(?:system|popen|popen2|popen3)|subprocess\.(?:getoutput|getstatusoutput)|commands\.getoutput|asyncio\.create_subprocess_shell|anyio\.run_process_shell)$/;
/** Functions that start a program, through a shell only when told. */
const SPAWN =
  /^(?:child_process\.(?:spawn|spawnSync|execFile|execFileSync|fork)|cross-spawn(?:\.sync|\.spawn)?|execa(?:\.execa(?:Sync)?|\.sync|\.node)?|subprocess\.(?:run|call|check_call|check_output|Popen)|asyncio\.create_subprocess_exec|asyncio\.subprocess\.create_subprocess_exec|anyio\.(?:run_process|open_process)|os\.(?:execv|execve|execvp|execl|execlp|spawnv|spawnl|posix_spawn)|Bun\.spawn(?:Sync)?|Deno\.Command|pty\.spawn|node-pty\.spawn|pexpect\.(?:spawn|run))$/;
const SHELL_PROGRAM = /^(?:.*\/)?(?:(?:ba|z|da|k|a)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh(?:\.exe)?)$/i;
const SHELL_FLAG = /^(?:-[a-z]*c|\/[cC]|-Command|-command)$/;

const OPEN_COMMAND = {
  argument:
    /\b(?:cmd|commands?|command line|script|shell|code|exec|program|executable|args|argv|arguments?|bash|powershell|cli|line|statement)\b/,
  tools: /\b(?:exec|execute|run|shell|command|terminal|bash|cmd|script|cli|process|powershell|spawn)\b/,
};

export function inspectCommand(call: Call, frame: Frame): void {
  const symbol = call.symbol ?? '';
  if (/^os\.dup2$/.test(symbol) || call.method === 'pipe') inspectPipe(call, frame);
  const isShell = SHELL.test(symbol);
  if (!isShell && !SPAWN.test(symbol)) return;
  const { module, engine } = frame;
  const { command, program, isShellCommand, items } = commandOf(call, isShell);
  inspectText(call, frame, command);
  sawHiddenSources(call, command, frame);

  const unchecked = uncheckedArguments(command, frame);
  const inProgram = uncheckedArguments(program, frame);
  if (unchecked.length === 0 || (!isShellCommand && inProgram.length === 0)) {
    const name = programName(command);
    // Arguments in a list reach the program as they are, and no shell.
    engine.record.power(
      module,
      call.code,
      name === '' && !hasKnownStart(command) ? 'runs-any-program' : 'runs-program',
      name,
    );
    return;
  }
  const [source] = isShellCommand ? unchecked : inProgram;
  if (source === undefined) return;
  const whole = [command, program, ...items].some(
    (value) => value.isWhole && uncheckedArguments(value, frame).length > 0,
  );
  const open = unchecked.find((one) => isOpen(one, frame, OPEN_COMMAND));
  if (open !== undefined && (whole || startsWithArgument(command) || inProgram.length > 0)) {
    engine.record.power(module, call.code, 'runs-any-program', 'model');
    return;
  }
  engine.record.power(module, call.code, 'runs-program', programName(command));
  const how = isShellCommand ? 'is put into a command that a shell reads' : 'decides which program is started';
  engine.record.sighting(module, call.code, {
    ruleId: COMMAND_INJECTION.id,
    message: `${capital(saysArgument(source, frame))} ${how}, without a check that could be seen.`,
    tool: toolOf(source, frame),
    argument: source.name,
  });
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const startsWithArgument = ({ text }: Value): boolean => text?.startsWith(TAINT) ?? true;
const hasKnownStart = ({ text }: Value): boolean =>
  text !== null && text !== '' && !text.startsWith(TAINT) && !text.startsWith(HOLE);

/** The first word of a command, without directories: `git`. '' where it is chosen at run time. */
function programName({ text }: Value): string {
  const match = /^\s*(?:"([^"\0\x01]{1,120})"|([^\s\0\x01"'`;|&$]{1,120}))(?=[\s"';|&]|$)/.exec(text ?? '');
  const word = match?.[1] ?? match?.[2] ?? '';
  return /^[\w.+/\\ -]+$/.test(word) ? (word.split(/[\\/]/).at(-1) ?? '') : '';
}

/** The command of a call as one text, and whether a shell reads it. */
function commandOf(
  { symbol, args, named }: Call,
  isShell: boolean,
): { command: Value; program: Value; isShellCommand: boolean; items: readonly Value[] } {
  const [first = named.get('args') ?? named.get('cmd') ?? UNKNOWN, second = UNKNOWN] = args;
  if (isShell) return { command: first, program: UNKNOWN, isShellCommand: true, items: [] };
  const options = args.slice(1).find(({ fields }) => fields?.has('shell'));
  const asksShell =
    (options?.fields?.get('shell')?.isTrue ?? false) ||
    Boolean(options?.fields?.get('shell')?.text) ||
    (named.get('shell')?.isTrue ?? false);
  // Python gives one list; Node a program and a list; Python's exec functions a row of words.
  const isOneList = first.items !== null;
  const program = isOneList ? (first.items?.[0] ?? UNKNOWN) : first;
  const isRow = /create_subprocess_exec|^os\.(?:execl|spawnl)/.test(symbol ?? '');
  const items = isOneList
    ? (first.items ?? []).slice(1)
    : isRow
      ? args.slice(1)
      : (second.items ?? (second.fields === null ? [second] : []));
  const words = [program, ...items].filter((value) => value !== UNKNOWN);
  const flag = items.findIndex(({ text }) => text !== null && SHELL_FLAG.test(text));
  if (SHELL_PROGRAM.test(program.text ?? '') && flag >= 0) {
    const rest = items.slice(flag + 1);
    return {
      command: rest.length > 0 ? joined(rest, ' ') : UNKNOWN,
      program: UNKNOWN,
      isShellCommand: true,
      items: rest,
    };
  }
  const isPythonText = !isOneList && /^(?:subprocess|pexpect)\./.test(symbol ?? '');
  const command = isPythonText || words.length === 0 ? first : joined(words, ' ');
  return { command, program, isShellCommand: asksShell, items: asksShell ? words : [] };
}

/** What the constant part of a command says. */
function inspectText(call: Call, frame: Frame, { text }: Value): void {
  if (text === null) return;
  const { engine, module, phase, isConditional } = frame;
  const report = (ruleId: string, message: string, more: { unlessNamed?: string[] } = {}) =>
    engine.record.sighting(module, call.code, { ruleId, message, tool: frame.tool, argument: null, ...more });
  if (REVERSE_SHELL.test(text)) report(REVERSE_SHELL_RULE.id, 'A command connects a shell to another machine.');
  if (DECODE_AND_RUN.test(text)) report(HIDDEN_CODE.id, 'A command decodes a program and runs it.');
  const host = /https?:\/\/([\w.-]{1,253})/i.exec(text)?.[1]?.toLowerCase();
  if (FETCH_AND_RUN.test(text) && (host === undefined || !engine.isNamed(wordsOf(host)))) {
    report(
      REMOTE_CODE.id,
      `A command fetches a program${host ? ` from ${host}` : ''} and runs it at once.`,
      host ? { unlessNamed: wordsOf(host) } : {},
    );
  }
  const isUnasked = (phase === 'load' && !isConditional) || phase === 'install' || phase === 'tool';
  if (STARTUP_COMMAND.test(text) && isUnasked)
    report(PERSISTENCE.id, 'A command arranges for something to start by itself.');
}

/** Commands and code that were decoded from a constant, or came from the network. */
export function sawHiddenSources(call: Call, value: Value, frame: Frame, isCode = false): boolean {
  const { engine, module } = frame;
  const [hidden] = sourcesOf(value, 'decoded');
  if (hidden !== undefined) {
    const message = `${isCode ? 'Code' : 'A command'} that is decoded from a constant is run.`;
    engine.record.sighting(module, call.code, {
      ruleId: HIDDEN_CODE.id,
      message,
      tool: frame.tool,
      argument: null,
      decoded: hidden.sample,
    });
    return true;
  }
  const remote = sourcesOf(value, 'remote').find(({ host }) => host !== null);
  if (remote?.host != null && (isCode || value.isWhole || value.text === null)) {
    const message = `${isCode ? 'Code' : 'A command'} that ${remote.host} answers with is run.`;
    engine.record.sighting(module, call.code, { ruleId: REMOTE_CODE.id, message, tool: frame.tool, argument: null });
    return true;
  }
  return false;
}

const SOCKET = /^(?:net|tls|socket)\b.*\(\)/;
const PROCESS = /^(?:child_process|subprocess|node-pty|cross-spawn)\b.*\(\)/;

/** `socket.pipe(shell.stdin)`, `os.dup2(socket.fileno(), 0)`. */
function inspectPipe({ code, receiver, args, symbol }: Call, { engine, module, tool }: Frame): void {
  const ends = [receiver.symbol, args[0]?.symbol].map((one) => one ?? '');
  const isDup = symbol === 'os.dup2' && SOCKET.test(ends[1] ?? '');
  const isPipe = ends.some((end) => SOCKET.test(end)) && ends.some((end) => PROCESS.test(end));
  if (!isDup && !isPipe) return;
  const message = "A program's input and output are connected to a network socket.";
  engine.record.sighting(module, code, { ruleId: REVERSE_SHELL_RULE.id, message, tool, argument: null });
}
