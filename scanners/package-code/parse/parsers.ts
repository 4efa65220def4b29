import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import type { CodeParsers } from '../ir.ts';
import { parseJavaScript } from './javascript.ts';
import { lowerPython } from './python.ts';

/**
 * Loads the parsers. The scan never imports this: rule lists and pages do without native code, and hostile text is parsed in
 * a process of its own (lib/scans/package-source/read-package.ts). Tests call it directly.
 */
export async function prepareParsers(): Promise<CodeParsers> {
  await Parser.init();
  const require = createRequire(import.meta.url);
  const language = await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    javascript: parseJavaScript,
    python: (path, text) => {
      const tree = parser.parse(text);
      if (tree === null) return { path, body: [], nodes: 0, fault: 'The parser gave it up.' };
      try {
        return lowerPython(path, text, tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}
