import { npm, pypi } from '#scanners/package-code/examples/of-code.ts';
import { prepareParsers } from '#scanners/package-code/parse/parsers.ts';
import { readCode } from '#scanners/package-code/read-code.ts';
import type { PackageFiles } from '#scanners/package-code/types.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, InputSnapshot } from '#scanners/types.ts';

export { pythonTool, tool } from '#scanners/package-code/examples/of-code.ts';
export { npm, pypi };

const parsers = await prepareParsers();

const NOTHING: InputSnapshot = {
  manifest: null,
  definitions: { tools: null, prompts: null, resources: null, resourceTemplates: null, instructions: null },
};

export const codeOf = (source: PackageFiles) => readCode(source, parsers);
export const reportOf = (source: PackageFiles, snapshot = NOTHING) =>
  scanSnapshot({ ...snapshot, package: codeOf(source) });

/** `code.ssrf index.js:3`, of what is no mere fact. */
export const foundIn = (source: PackageFiles, snapshot = NOTHING): string[] =>
  reportOf(source, snapshot).findings.filter(isFault).map(named);

export const isFault = ({ class: kind, severity }: Finding): boolean => kind !== 'capability' && severity !== 'info';
const named = ({ ruleId, location }: Finding): string => `${ruleId} ${location.path}:${location.line}`;
