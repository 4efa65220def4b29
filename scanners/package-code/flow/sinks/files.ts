import { PATH_TRAVERSAL, PERSISTENCE, SENSITIVE_FILES } from '../../rules.ts';
import { isClientFile, isStartupFile, sensitivePlace } from '../../text/places.ts';
import type { Call } from '../call.ts';
import { type Frame, uncheckedArguments } from '../frame.ts';
import { TAINT, UNKNOWN, type Value } from '../values.ts';
import { capital } from './command.ts';
import { isOpen, saysArgument, toolOf } from './inspect.ts';

const READS =
  /^(?:fs\.(?:readFile|readFileSync|createReadStream|readdir|readdirSync|opendir|readJson|readJsonSync|readJSON)|open|io\.open|codecs\.open|aiofiles\.open|anyio\.open_file|os\.(?:listdir|scandir|walk)|shutil\.(?:copy|copy2|copyfile|copytree)|pathlib\.Path\(\)\.(?:read_text|read_bytes|open|iterdir|glob|rglob)|Bun\.file|Deno\.(?:readFile|readTextFile|open))$/;
const WRITES =
  /^(?:fs\.(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|unlink|unlinkSync|rm|rmSync|rmdir|rmdirSync|mkdir|mkdirSync|rename|renameSync|copyFile|copyFileSync|cp|cpSync|symlink|symlinkSync|chmod|chmodSync|truncate|outputFile|outputFileSync|writeJson|writeJsonSync|writeJSON|remove|removeSync|move|copy|ensureDir)|os\.(?:remove|unlink|rmdir|makedirs|mkdir|rename|replace|symlink|chmod)|shutil\.(?:rmtree|move)|pathlib\.Path\(\)\.(?:write_text|write_bytes|unlink|mkdir|rename|rmdir|touch|symlink_to)|Bun\.write|Deno\.(?:writeFile|writeTextFile|remove))$/;
/** They take a path first and another second. */
const TWO_PATHS =
  /^(?:fs\.(?:rename|copyFile|cp|symlink|copy|move)(?:Sync)?|os\.(?:rename|replace|symlink)|shutil\.(?:copy|copy2|copyfile|copytree|move))$/;
const OPEN_PATH = {
  argument:
    /\b(?:path|paths|file|files|filename|filepath|dir|dirs|directory|directories|dirname|folder|folders|root|cwd|repo|repository|source|src|dest|destination|target|output|input|uri|url|location|workspace|project|image|document|pdf|save|video|audio|workbook|database|db|screenshot|outfile|infile)\b/,
  tools: /\b(?:file|files|directory|folder|path)\b/,
};

export function inspectFile(call: Call, frame: Frame): void {
  const symbol = call.symbol ?? '';
  const isWrite = WRITES.test(symbol) || (isOpenCall(symbol) && /[wax+]/.test(modeOf(call)));
  if (!isWrite && !READS.test(symbol)) return;
  const onPath = /^pathlib\.Path\(\)/.test(symbol);
  const paths = onPath ? [call.receiver] : call.args.slice(0, TWO_PATHS.test(symbol) ? 2 : 1);
  for (const path of paths.length > 0 ? paths : [call.named.get('file') ?? UNKNOWN])
    inspectPath(call, path, isWrite, frame);
}

const isOpenCall = (symbol: string): boolean => /(?:^|\.)open$/.test(symbol);
const modeOf = ({ args, named, symbol }: Call): string =>
  (symbol?.startsWith('pathlib') ? args[0] : args[1])?.text ?? named.get('mode')?.text ?? 'r';

function inspectPath(call: Call, path: Value, isWrite: boolean, frame: Frame): void {
  const { engine, module } = frame;
  const unchecked = uncheckedArguments(path, frame);
  const [source] = unchecked;
  const { text } = path;
  if (text !== null && !text.includes(TAINT)) {
    if (isWrite) sawWrite(call, text, frame);
    else sawRead(call, text, frame);
  }
  if (source === undefined) {
    engine.record.power(
      module,
      call.code,
      isWrite ? 'writes-files' : 'reads-files',
      path.from.some(({ kind }) => kind === 'argument') ? 'checked' : '',
    );
    return;
  }
  const isAny = (path.isWhole || text === null || text.startsWith(TAINT)) && (text === null || text.startsWith(TAINT));
  const open = unchecked.some((one) => isOpen(one, frame, OPEN_PATH));
  if (isAny && open) {
    engine.record.power(module, call.code, isWrite ? 'writes-files' : 'reads-files', 'any');
    return;
  }
  // Put together in ways that could not be followed: a fact, not a fault.
  if (isAny && !path.isWhole) {
    engine.record.power(module, call.code, isWrite ? 'writes-files' : 'reads-files', 'any');
    return;
  }
  if (!isAny && !isAfterDirectory(text ?? '')) {
    engine.record.power(module, call.code, isWrite ? 'writes-files' : 'reads-files', '');
    return;
  }
  engine.record.power(module, call.code, isWrite ? 'writes-files' : 'reads-files', 'any');
  const how = isAny ? 'is taken as the path of a file' : 'becomes part of a path';
  engine.record.sighting(module, call.code, {
    ruleId: PATH_TRAVERSAL.id,
    message: `${capital(saysArgument(source, frame))} ${how} that is ${isWrite ? 'written' : 'read'}, without a check that it stays inside.`,
    tool: toolOf(source, frame),
    argument: source.name,
  });
}

/** `…/\u0001` or `…/\u0001.json`: what follows a slash can be `../../`. After other text it names a directory that must exist. */
const isAfterDirectory = (text: string): boolean => /\/\u0001/.test(text);

function sawRead(call: Call, path: string, frame: Frame): void {
  const place = sensitivePlace(path);
  const { engine, module } = frame;
  if (place === null || engine.isExplained(path, place)) return;
  engine.record.sighting(module, call.code, {
    ruleId: SENSITIVE_FILES.id,
    message: `${path.replace(/[\0\x01]/g, '…').slice(0, 120)} is read: ${place.says}.`,
    tool: frame.tool,
    argument: null,
  });
}

function sawWrite(call: Call, path: string, frame: Frame): void {
  const { engine, module, phase, isConditional } = frame;
  const isStartup = isStartupFile(path);
  if (!isStartup && !isClientFile(path)) return;
  const shown = path.replace(/[\0\x01]/g, '…').slice(0, 120);
  const isUnasked = (phase === 'load' && !isConditional) || phase === 'install' || (phase === 'tool' && isStartup);
  if (isUnasked) {
    const message = `${shown} is written ${phase === 'tool' ? 'by a tool' : phase === 'install' ? 'during installation' : 'as soon as the server starts'}.`;
    engine.record.sighting(module, call.code, {
      ruleId: PERSISTENCE.id,
      message,
      tool: frame.tool,
      argument: null,
      unlessNamed: [path.split('/').at(-1)?.toLowerCase() ?? path],
    });
    return;
  }
  engine.record.power(module, call.code, 'changes-programs', shown);
}
