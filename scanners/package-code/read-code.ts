import { isAside, isCode, isPython, isTypeScript, kindOf } from './file-kinds.ts';
import { Engine, type LoadModule } from './flow/engine.ts';
import { sawInstallScripts, scriptModules } from './install-scripts.ts';
import type { CodeParsers } from './ir.ts';
import { CODE_LIMITS } from './limits.ts';
import { OBFUSCATED, PERSISTENCE } from './rules.ts';
import { moduleOf, Sightings } from './sightings.ts';
import { obfuscationIn } from './text/obfuscation.ts';
import type { NotRead, PackageCode, PackageFile, PackageFiles } from './types.ts';

/**
 * Reads a package's code and says what is in it. Pure: the same files and parsers give the same answer. Never throws for what
 * the files hold, except that a parser may end the process: callers with files of others use a process of its own.
 * `onFile` hears of each file before it is parsed.
 */
export function readCode(
  pkg: PackageFiles,
  parsers: CodeParsers,
  onFile: (path: string) => void = () => {},
): PackageCode {
  const record = new Sightings();
  const notRead: NotRead[] = [...pkg.notRead];
  const about = aboutOf(pkg);
  const inline = scriptModules(pkg);
  const code = [...pkg.files, ...inline].filter(({ path }) => isCode(path)).sort(byPath);
  const texts = new Map(code.map((file) => [file.path, file.text]));
  const small = code.filter(({ text }) => text.length <= CODE_LIMITS.followedFileBytes);
  const chosen = new Set(chosenFiles(code, notRead).map(({ path }) => path));
  const budget = {
    steps: CODE_LIMITS.steps,
    tools: CODE_LIMITS.toolSteps,
    others: CODE_LIMITS.otherSteps,
    python: CODE_LIMITS.pythonBytes,
  };
  let filesRead = 0;

  const loader =
    (allowed: ReadonlySet<string>): LoadModule =>
    (path) => {
      const text = texts.get(path);
      if (text === undefined || !allowed.has(path)) return null;
      const language = isPython(path) ? 'python' : 'javascript';
      if (language === 'python' && (text.length > CODE_LIMITS.pythonFileBytes || budget.python < text.length)) {
        notRead.push({ path, reason: 'It is more Python than is read.' });
        return null;
      }
      if (language === 'python') budget.python -= text.length;
      onFile(path);
      try {
        const parsed = parsers[language](path, text);
        if (parsed.fault !== null) notRead.push({ path, reason: parsed.fault });
        filesRead++;
        return { code: parsed, text, language };
      } catch (error) {
        notRead.push({ path, reason: `It could not be parsed: ${(error as Error).message.slice(0, 100)}` });
        return null;
      }
    };

  const walk = (files: readonly PackageFile[], allowed: ReadonlySet<string>) => {
    const engine = new Engine({ load: loader(allowed), paths: [...texts.keys()], record, about, budget });
    const installed = new Set(pkg.ecosystem === 'pypi' ? ['setup.py'] : inline.map(({ path }) => path));
    for (const { path } of files) {
      try {
        engine.evaluateModule(path, installed.has(path));
      } catch (error) {
        notRead.push({ path, reason: `It could not be followed: ${(error as Error).message.slice(0, 100)}` });
      }
    }
    engine.finish((path, error) =>
      notRead.push({ path, reason: `It could not be followed: ${error.message.slice(0, 100)}` }),
    );
    if (engine.isCut)
      notRead.push({
        path: files[0]?.path ?? '',
        reason: 'There is more code than is followed; the rest was read but not followed.',
      });
  };

  const smallPaths = new Set(small.map(({ path }) => path));
  walk(
    small.filter(({ path }) => chosen.has(path)),
    smallPaths,
  );
  for (const file of code) if (!smallPaths.has(file.path) && chosen.has(file.path)) walk([file], new Set([file.path]));

  for (const file of code) if (chosen.has(file.path)) sawObfuscation(file, record);
  for (const file of pkg.files) if (file.path.endsWith('.pth')) sawPathFile(file, record);
  sawInstallScripts(pkg, record, about);
  return {
    ecosystem: pkg.ecosystem,
    name: pkg.name,
    version: pkg.version,
    filesRead,
    sightings: record.sightings,
    powers: record.powers,
    notRead: notRead.sort(byPath),
  };
}

const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

const SUBJECT_CHARS = 4_000;
const TEXT_CHARS = 200_000;

/** What the package says of itself. Scripts and dependencies are no words for people. */
function aboutOf({ name, manifest, files }: PackageFiles): { subject: string; texts: string } {
  const { scripts: _scripts, dependencies: _dependencies, devDependencies: _dev, ...own } = manifest ?? {};
  const { description = '', keywords = '' } = own as { description?: unknown; keywords?: unknown };
  const subject = `${name} ${JSON.stringify(description)} ${JSON.stringify(keywords)}`
    .slice(0, SUBJECT_CHARS)
    .toLowerCase();
  const texts = files
    .filter(({ path }) => kindOf(path) === 'text')
    .map(({ text }) => text.slice(0, TEXT_CHARS))
    .join('\n')
    .slice(0, TEXT_CHARS);
  return { subject, texts: `${subject}\n${JSON.stringify(own)}\n${texts}`.toLowerCase() };
}

/**
 * The files to begin with. Tests, examples, and sources beside what was compiled from them are read only when another file
 * imports them.
 */
function chosenFiles(code: readonly PackageFile[], notRead: NotRead[]): PackageFile[] {
  const main = code.filter(({ path }) => !isAside(path));
  const hasJavaScript = main.some(
    ({ path }) => !isTypeScript(path) && !isPython(path) && !/(?:^|\/)[\w.-]*config\.[cm]?js$/.test(path),
  );
  const chosen = main.filter(({ path }) => !hasJavaScript || !isTypeScript(path));
  const sources = main.length - chosen.length;
  if (sources > 0)
    notRead.push({
      path: '*.ts',
      reason: `${sources} TypeScript sources stand beside the compiled code, which was read instead.`,
    });
  const aside = code.length - main.length;
  if (aside > 0)
    notRead.push({
      path: 'tests',
      reason: `${aside} files of tests and examples were read only where other files use them.`,
    });
  return chosen;
}

function sawObfuscation(file: PackageFile, record: Sightings): void {
  const found = obfuscationIn(file.path, file.text);
  if (found === null) return;
  record.sighting(moduleOf(file), found, {
    ruleId: OBFUSCATED.id,
    message: `${found.says}.`,
    tool: null,
    argument: null,
  });
}

/** Python runs the lines of a .pth file that begin with `import` at every start (https://docs.python.org/3/library/site.html). */
function sawPathFile(file: PackageFile, record: Sightings): void {
  const line = /^[ \t]*import[ \t]/m.exec(file.text);
  if (line === null) return;
  const end = file.text.indexOf('\n', line.index);
  const at = { s: line.index, e: end === -1 ? file.text.length : end };
  const message = `${file.path} runs code at every start of Python, whatever is started.`;
  record.sighting(moduleOf(file), at, { ruleId: PERSISTENCE.id, message, tool: null, argument: null });
}
