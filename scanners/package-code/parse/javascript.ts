import { type ParserOptions, parseSync } from 'oxc-parser';
import type { Code, CodeModule, FunctionCode, Parameter } from '../ir.ts';
import { CODE_LIMITS } from '../limits.ts';

/** A node of the parser's tree (ESTree); its fields are read by name, and what is not known is passed by. */
type Tree = { type: string; start: number; end: number; [field: string]: unknown };

/**
 * Parses JavaScript or TypeScript. The parser is native code that recurses: text nested a hundred thousand levels deep ends
 * its process, so callers with text of others run it in a process of its own.
 */
export function parseJavaScript(path: string, text: string): CodeModule {
  const lang = languageOf(path);
  let result = parseSync(`x.${lang}`, text, { lang, sourceType: 'unambiguous' } as ParserOptions);
  // Flow types and JSX in .js files are rare; the TypeScript grammar reads most of them.
  if (result.errors.length > 0 && lang === 'js') {
    const again = parseSync('x.jsx', text, { lang: 'jsx', sourceType: 'unambiguous' } as ParserOptions);
    if (again.errors.length < result.errors.length) result = again;
  }
  const program = result.program as unknown as Tree;
  const lowering = new Lowering();
  const body = lowering.statements(program.body);
  const isEmpty = body.length === 0 && text.trim() !== '';
  const fault =
    result.errors.length > 0 && isEmpty
      ? 'It has syntax errors.'
      : lowering.isCut
        ? `Nesting deeper than ${CODE_LIMITS.depth} levels was not read.`
        : null;
  return { path, body, nodes: lowering.nodes, fault };
}

function languageOf(path: string): 'js' | 'jsx' | 'ts' | 'tsx' {
  if (/\.tsx$/i.test(path)) return 'tsx';
  if (/\.[cm]?ts$/i.test(path)) return 'ts';
  return /\.jsx$/i.test(path) ? 'jsx' : 'js';
}

class Lowering {
  nodes = 0;
  isCut = false;
  #depth = 0;

  statements(list: unknown): Code[] {
    return Array.isArray(list) ? list.flatMap((node) => this.#statement(node as Tree)) : [];
  }

  #guarded<T>(fallback: T, work: () => T): T {
    this.nodes++;
    if (this.#depth >= CODE_LIMITS.depth) {
      this.isCut = true;
      return fallback;
    }
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }

  #statement(node: Tree | null): Code[] {
    if (node === null || typeof node !== 'object') return [];
    return this.#guarded<Code[]>([], () => this.#lowerStatement(node));
  }

  #block(node: unknown): Code[] {
    return this.#statement(node as Tree | null);
  }

  #lowerStatement(node: Tree): Code[] {
    const { start: s, end: e } = node;
    switch (node.type) {
      case 'ExpressionStatement':
        return [{ t: 'do', of: this.expression(node.expression), s, e }];
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        return this.statements(node.body);
      case 'VariableDeclaration':
        return (node.declarations as Tree[]).map((one) => ({
          t: 'assign',
          to: this.#target(one.id as Tree),
          v: one.init ? this.expression(one.init) : unknownAt(one),
          isDeclared: true,
          s: one.start,
          e: one.end,
        }));
      case 'FunctionDeclaration':
      case 'ClassDeclaration': {
        const v = this.expression(node);
        const name = (node.id as { name?: string } | null)?.name;
        return name === undefined
          ? [{ t: 'do', of: v, s, e }]
          : [{ t: 'assign', to: { t: 'name', n: name, s, e }, v, isDeclared: true, s, e }];
      }
      case 'ReturnStatement':
        return [{ t: 'return', of: node.argument ? this.expression(node.argument) : null, s, e }];
      case 'ThrowStatement':
        return [{ t: 'throw', of: this.expression(node.argument), s, e }];
      case 'IfStatement':
        return [this.#branches(node, 'IfStatement')];
      case 'ForStatement':
        return [
          ...(node.init ? this.#initializer(node.init as Tree) : []),
          {
            t: 'loop',
            to: null,
            over: null,
            test: node.test ? this.expression(node.test) : null,
            body: [...this.#block(node.body), ...(node.update ? [this.expression(node.update)] : [])],
            s,
            e,
          },
        ];
      case 'ForInStatement':
      case 'ForOfStatement': {
        const left = node.left as Tree;
        const to = left.type === 'VariableDeclaration' ? ((left.declarations as Tree[])[0]?.id as Tree) : left;
        return [
          {
            t: 'loop',
            to: to ? this.#target(to) : null,
            over: this.expression(node.right),
            test: null,
            body: this.#block(node.body),
            s,
            e,
          },
        ];
      }
      case 'WhileStatement':
      case 'DoWhileStatement':
        return [
          { t: 'loop', to: null, over: null, test: this.expression(node.test), body: this.#block(node.body), s, e },
        ];
      case 'SwitchStatement':
        return [
          {
            t: 'switch',
            on: this.expression(node.discriminant),
            cases: (node.cases as Tree[]).map((one) => ({
              tests: one.test ? [this.expression(one.test)] : [],
              isDefault: !one.test,
              body: this.statements(one.consequent),
            })),
            s,
            e,
          },
        ];
      case 'TryStatement': {
        const handler = node.handler as Tree | null;
        return [
          {
            t: 'try',
            body: this.#block(node.block),
            others: [...(handler ? this.#block(handler.body) : []), ...this.#block(node.finalizer)],
            s,
            e,
          },
        ];
      }
      case 'LabeledStatement':
      case 'WithStatement':
        return this.#block(node.body);
      case 'ImportDeclaration':
        return this.#import(node);
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
      case 'TSExportAssignment':
        return this.#export(node);
      case 'TSImportEqualsDeclaration':
        return this.#importEquals(node);
      case 'TSModuleDeclaration':
        return this.#block(node.body);
      default:
        return node.type.startsWith('TS') || node.type.endsWith('Statement')
          ? []
          : [{ t: 'do', of: this.expression(node), s, e }];
    }
  }

  #initializer(node: Tree): Code[] {
    return node.type === 'VariableDeclaration' ? this.#statement(node) : [this.expression(node)];
  }

  #import(node: Tree): Code[] {
    if (node.importKind === 'type') return [];
    const names = (node.specifiers as Tree[]).flatMap((one): [string, string][] => {
      const local = (one.local as { name: string }).name;
      if (one.type === 'ImportDefaultSpecifier') return [['default', local]];
      if (one.type === 'ImportNamespaceSpecifier') return [['*', local]];
      return [[nameOf(one.imported as Tree), local]];
    });
    return [{ t: 'import', from: String((node.source as Tree).value), names, s: node.start, e: node.end }];
  }

  #importEquals(node: Tree): Code[] {
    const reference = node.moduleReference as Tree;
    if (reference.type !== 'TSExternalModuleReference') return [];
    const from = String((reference.expression as Tree).value);
    return [{ t: 'import', from, names: [['*', nameOf(node.id as Tree)]], s: node.start, e: node.end }];
  }

  #export(node: Tree): Code[] {
    const { start: s, end: e } = node;
    const from = node.source ? String((node.source as Tree).value) : null;
    if (node.type === 'ExportAllDeclaration') {
      if (node.exported) {
        const local = `*${s}`;
        const name = nameOf(node.exported as Tree);
        return [
          { t: 'import', from: from ?? '', names: [['*', local]], s, e },
          { t: 'export', name, of: { t: 'name', n: local, s, e }, s, e },
        ];
      }
      return [{ t: 'reexport', from: from ?? '', s, e }];
    }
    if (node.type === 'TSExportAssignment')
      return [{ t: 'export', name: 'default', of: this.expression(node.expression), s, e }];
    const declaration = node.declaration as Tree | null;
    if (node.type === 'ExportDefaultDeclaration') {
      if (declaration === null) return [];
      const name = (declaration.id as { name?: string } | null | undefined)?.name;
      if (name === undefined) return [{ t: 'export', name: 'default', of: this.expression(declaration), s, e }];
      return [
        ...this.#statement(declaration),
        { t: 'export', name: 'default', of: { t: 'name', n: name, s, e }, s, e },
      ];
    }
    if (declaration) {
      const statements = this.#statement(declaration);
      const names = statements.flatMap((one) => (one.t === 'assign' ? targetNames(one.to) : []));
      return [...statements, ...names.map((n): Code => ({ t: 'export', name: n, of: { t: 'name', n, s, e }, s, e }))];
    }
    return (node.specifiers as Tree[]).flatMap((one): Code[] => {
      const local = nameOf(one.local as Tree);
      const name = nameOf(one.exported as Tree);
      if (from === null) return [{ t: 'export', name, of: { t: 'name', n: local, s, e }, s, e }];
      const bound = `*${one.start}`;
      return [
        { t: 'import', from, names: [[local, bound]], s, e },
        { t: 'export', name, of: { t: 'name', n: bound, s, e }, s, e },
      ];
    });
  }

  expression(value: unknown): Code {
    const node = value as Tree | null;
    if (node === null || typeof node !== 'object') return { t: 'unknown', s: 0, e: 0 };
    return this.#guarded<Code>(unknownAt(node), () => this.#lowerExpression(node));
  }

  #lowerExpression(node: Tree): Code {
    const { start: s, end: e } = node;
    switch (node.type) {
      case 'Literal':
        return literal(node);
      case 'TemplateLiteral':
        return this.#template(node);
      case 'TaggedTemplateExpression': {
        const quasi = this.#template(node.quasi as Tree);
        return {
          t: 'call',
          f: this.expression(node.tag),
          a: [{ ...quasi, t: 'list', of: [quasi] } as Code],
          named: [],
          isNew: false,
          s,
          e,
        };
      }
      case 'Identifier':
      case 'JSXIdentifier':
      case 'PrivateIdentifier':
        return { t: 'name', n: String(node.name), s, e };
      case 'ThisExpression':
      case 'Super':
        return { t: 'this', s, e };
      case 'MemberExpression': {
        const property = node.property as Tree;
        const p =
          node.computed === true
            ? property.type === 'Literal' && typeof property.value === 'string'
              ? property.value
              : this.expression(property)
            : nameOf(property);
        return { t: 'get', o: this.expression(node.object), p, s, e };
      }
      case 'CallExpression':
      case 'NewExpression':
        return {
          t: 'call',
          f: this.expression(node.callee),
          a: (node.arguments as Tree[]).map((one) => this.expression(one)),
          named: [],
          isNew: node.type === 'NewExpression',
          s,
          e,
        };
      case 'ImportExpression':
        return {
          t: 'call',
          f: { t: 'name', n: 'import()', s, e: s + 6 },
          a: [this.expression(node.source)],
          named: [],
          isNew: false,
          s,
          e,
        };
      case 'BinaryExpression':
        return this.#binary(node);
      case 'LogicalExpression': {
        const of = this.#operands(node);
        if (node.operator !== '&&') return { t: 'either', of, s, e };
        const test: Code = { t: 'sequence', of: of.slice(0, -1), s, e };
        return { t: 'if', test, yes: of.slice(-1), no: [], isExpression: true, s, e };
      }
      case 'ConditionalExpression':
        return this.#branches(node, 'ConditionalExpression');
      case 'AssignmentExpression':
        return this.#assignment(node);
      case 'ObjectExpression':
        return { t: 'object', props: (node.properties as Tree[]).map((one) => this.#property(one)), s, e };
      case 'ArrayExpression':
        return {
          t: 'list',
          of: (node.elements as (Tree | null)[]).flatMap((one) => (one ? [this.expression(one)] : [])),
          s,
          e,
        };
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'ArrowFunctionExpression':
        return { t: 'function', fn: this.#function(node), s, e };
      case 'ClassExpression':
      case 'ClassDeclaration':
        return this.#class(node);
      case 'AwaitExpression':
        return { t: 'await', of: this.expression(node.argument), s, e };
      case 'UnaryExpression':
      case 'UpdateExpression':
        return { t: 'test', op: String(node.operator), of: [this.expression(node.argument)], s, e };
      case 'SequenceExpression':
        return { t: 'sequence', of: (node.expressions as Tree[]).map((one) => this.expression(one)), s, e };
      case 'SpreadElement':
        return { t: 'spread', of: this.expression(node.argument), s, e };
      case 'YieldExpression':
        return node.argument ? this.expression(node.argument) : unknownAt(node);
      case 'ParenthesizedExpression':
      case 'ChainExpression':
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'TSInstantiationExpression':
        return this.expression(node.expression);
      default:
        return unknownAt(node);
    }
  }

  /** `if … else if …` and `a ? b : c ? d : e`: from the last branch to the first, in a loop, however many there are. */
  #branches(node: Tree, type: 'IfStatement' | 'ConditionalExpression'): Code {
    const isExpression = type === 'ConditionalExpression';
    const chain: Tree[] = [];
    let last: Tree | null = node;
    while (last !== null && last.type === type) {
      chain.push(last);
      last = last.alternate as Tree | null;
    }
    const lower = (branch: unknown) => (isExpression ? [this.expression(branch)] : this.#block(branch));
    let rest: Code[] = last === null ? [] : lower(last);
    for (const one of chain.reverse()) {
      const { start: s, end: e } = one;
      rest = [{ t: 'if', test: this.expression(one.test), yes: lower(one.consequent), no: rest, isExpression, s, e }];
    }
    return rest[0] ?? unknownAt(node);
  }

  /** The operands of a chain of one operator, taken apart in a loop, however long it is. */
  #operands(node: Tree): Code[] {
    const operands: Code[] = [];
    let left: Tree = node;
    while (left.type === node.type && left.operator === node.operator) {
      operands.push(this.expression(left.right));
      left = left.left as Tree;
    }
    operands.push(this.expression(left));
    return operands.reverse();
  }

  #binary(node: Tree): Code {
    const { start: s, end: e } = node;
    const operands = this.#operands(node);
    return node.operator === '+'
      ? { t: 'join', parts: operands, s, e }
      : { t: 'test', op: String(node.operator), of: operands, s, e };
  }

  #template(node: Tree): Code {
    const expressions = node.expressions as Tree[];
    const parts = (node.quasis as Tree[]).flatMap((quasi, i): Code[] => {
      const v = String((quasi.value as { cooked?: string }).cooked ?? '');
      const next = expressions[i];
      return [
        ...(v === '' ? [] : [{ t: 'text', v, s: quasi.start, e: quasi.end } as Code]),
        ...(next ? [this.expression(next)] : []),
      ];
    });
    const { start: s, end: e } = node;
    if (parts.length === 0) return { t: 'text', v: '', s, e };
    return { t: 'join', parts, s, e };
  }

  #assignment(node: Tree): Code {
    const { start: s, end: e } = node;
    const right = this.expression(node.right);
    const to = this.#target(node.left as Tree);
    if (node.operator === '=') return { t: 'assign', to, v: right, isDeclared: false, s, e };
    const left = this.expression(node.left);
    const v: Code =
      node.operator === '+=' ? { t: 'join', parts: [left, right], s, e } : { t: 'either', of: [left, right], s, e };
    return { t: 'assign', to, v, isDeclared: false, s, e };
  }

  #property(node: Tree): [string | null, Code] {
    if (node.type === 'SpreadElement') return [null, this.expression(node)];
    return [this.#key(node), this.expression(node.value)];
  }

  #key(node: Tree): string | null {
    const key = node.key as Tree;
    if (key.type === 'Literal') return String(key.value);
    return node.computed === true ? null : nameOf(key);
  }

  #class(node: Tree): Code {
    const { start: s, end: e } = node;
    const members = ((node.body as Tree).body as Tree[]) ?? [];
    const methods = members.flatMap((one) => {
      const name = one.type === 'MethodDefinition' ? this.#key(one) : null;
      const value = one.value as Tree | null;
      return name === null || !value?.body ? [] : [{ name, fn: this.#function(value) }];
    });
    const fields = members.flatMap((one) => {
      const name = one.type === 'PropertyDefinition' ? this.#key(one) : null;
      return name === null || !one.value ? [] : [{ name, v: this.expression(one.value) }];
    });
    const blocks = members.filter(({ type }) => type === 'StaticBlock').flatMap((one) => this.statements(one.body));
    const parents = node.superClass ? [this.expression(node.superClass)] : [];
    const name = (node.id as { name?: string } | null)?.name ?? null;
    const c: Code = { t: 'class', c: { name, parents, methods, fields, s, e }, s, e };
    return blocks.length === 0 ? c : { t: 'sequence', of: [...blocks, c], s, e };
  }

  #function(node: Tree): FunctionCode {
    const body = node.body as Tree | null;
    const isExpression = body !== null && body.type !== 'BlockStatement' && body.type !== 'FunctionBody';
    const statements: Code[] =
      body === null
        ? []
        : isExpression
          ? [{ t: 'return', of: this.expression(body), s: body.start, e: body.end }]
          : this.statements(body.body);
    const list = (Array.isArray(node.params) ? node.params : ((node.params as Tree)?.items ?? [])) as Tree[];
    return {
      name: (node.id as { name?: string } | null)?.name ?? null,
      params: list.map((one) => this.#parameter(one)),
      body: statements,
      decorators: [],
      s: node.start,
      e: node.end,
    };
  }

  #parameter(node: Tree): Parameter {
    const inner = node.type === 'TSParameterProperty' ? (node.parameter as Tree) : node;
    const isRest = inner.type === 'RestElement';
    const target = isRest
      ? (inner.argument as Tree)
      : inner.type === 'AssignmentPattern'
        ? (inner.left as Tree)
        : inner;
    return {
      to: this.#target(target),
      name: target.type === 'Identifier' ? String(target.name) : null,
      fallback: inner.type === 'AssignmentPattern' ? this.expression(inner.right) : null,
      isRest,
      annotation: null,
    };
  }

  #target(node: Tree): Code {
    return this.#guarded<Code>(unknownAt(node), () => {
      const { start: s, end: e } = node;
      switch (node.type) {
        case 'ObjectPattern': {
          const props: [string | null, Code][] = [];
          let rest: Code | null = null;
          for (const one of node.properties as Tree[]) {
            if (one.type === 'RestElement') rest = this.#target(one.argument as Tree);
            else props.push([this.#key(one), this.#target(one.value as Tree)]);
          }
          return { t: 'unpack', props, rest, s, e };
        }
        case 'ArrayPattern':
          return {
            t: 'unpack-list',
            of: (node.elements as (Tree | null)[]).map((one) => (one ? this.#target(one) : { t: 'unknown', s, e })),
            s,
            e,
          };
        case 'AssignmentPattern':
        case 'RestElement':
          return this.#target((node.left ?? node.argument) as Tree);
        default:
          return this.expression(node);
      }
    });
  }
}

const unknownAt = ({ start: s, end: e }: Tree): Code => ({ t: 'unknown', s, e });

const nameOf = (node: Tree): string => String(node.name ?? node.value ?? '');

function literal(node: Tree): Code {
  const { start: s, end: e, value } = node;
  if (typeof value === 'string') return { t: 'text', v: value, s, e };
  const regex = node.regex as { pattern: string } | undefined;
  if (regex) return { t: 'regex', v: regex.pattern, s, e };
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return { t: 'constant', v: value, s, e };
  return { t: 'constant', v: 0, s, e };
}

function targetNames(to: Code): string[] {
  if (to.t === 'name') return [to.n];
  if (to.t === 'unpack')
    return [...to.props.flatMap(([, one]) => targetNames(one)), ...(to.rest ? targetNames(to.rest) : [])];
  return to.t === 'unpack-list' ? to.of.flatMap(targetNames) : [];
}
