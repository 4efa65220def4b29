import type { Node as Tree } from 'web-tree-sitter';
import type { Code, CodeModule, FunctionCode, Parameter } from '../ir.ts';
import { CODE_LIMITS } from '../limits.ts';

/** Turns the tree of a Python file into the common form. `root` is the parser's `module` node. */
export function lowerPython(path: string, text: string, root: Tree): CodeModule {
  const lowering = new Lowering(text);
  const body = lowering.statements(root);
  const isEmpty = body.length === 0 && text.trim() !== '';
  const fault =
    root.hasError && isEmpty
      ? 'It has syntax errors.'
      : lowering.isCut
        ? `Nesting deeper than ${CODE_LIMITS.depth} levels was not read.`
        : null;
  return { path, body, nodes: lowering.nodes, fault };
}

class Lowering {
  nodes = 0;
  isCut = false;
  #depth = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
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

  #source(node: Tree): string {
    return this.#text.slice(node.startIndex, node.endIndex);
  }

  statements(block: Tree | null): Code[] {
    return block === null ? [] : children(block).flatMap((node) => this.#statement(node));
  }

  #statement(node: Tree): Code[] {
    return this.#guarded<Code[]>([], () => this.#lowerStatement(node));
  }

  #lowerStatement(node: Tree): Code[] {
    const at = { s: node.startIndex, e: node.endIndex };
    switch (node.type) {
      case 'expression_statement':
        return children(node).map((one) => this.#asStatement(this.expression(one)));
      case 'function_definition':
        return [this.#bound(node, { t: 'function', fn: this.#function(node, []), ...at })];
      case 'class_definition':
        return [this.#bound(node, this.#class(node))];
      case 'decorated_definition': {
        const decorators = children(node)
          .filter(({ type }) => type === 'decorator')
          .flatMap((one) => children(one).map((inner) => this.expression(inner)));
        const definition = node.childForFieldName('definition');
        if (definition === null) return [];
        if (definition.type === 'class_definition') return [this.#bound(definition, this.#class(definition))];
        return [this.#bound(definition, { t: 'function', fn: this.#function(definition, decorators), ...at })];
      }
      case 'return_statement':
        return [{ t: 'return', of: this.#first(node), ...at }];
      case 'raise_statement':
        return [{ t: 'throw', of: this.#first(node), ...at }];
      case 'if_statement':
        return [this.#if(node)];
      case 'for_statement':
        return [
          {
            t: 'loop',
            to: this.#field(node, 'left', true),
            over: this.#field(node, 'right'),
            test: null,
            body: [...this.statements(node.childForFieldName('body')), ...this.#else(node)],
            ...at,
          },
        ];
      case 'while_statement':
        return [
          {
            t: 'loop',
            to: null,
            over: null,
            test: this.#field(node, 'condition'),
            body: [...this.statements(node.childForFieldName('body')), ...this.#else(node)],
            ...at,
          },
        ];
      case 'with_statement':
        return this.#with(node);
      case 'try_statement':
        return [
          {
            t: 'try',
            body: this.statements(node.childForFieldName('body')),
            others: children(node)
              .filter(({ type }) => type !== 'block')
              .flatMap((clause) => children(clause).filter(({ type }) => type === 'block'))
              .flatMap((block) => this.statements(block)),
            ...at,
          },
        ];
      case 'match_statement':
        return [this.#match(node)];
      case 'import_statement':
        return children(node).map((one): Code => {
          const alias = one.childForFieldName('alias');
          const name = this.#source(one.childForFieldName('name') ?? one);
          // `import a.b` binds `a`.
          const local = alias ? this.#source(alias) : (name.split('.')[0] as string);
          return { t: 'import', from: alias ? name : local, names: [['*', local]], ...at };
        });
      case 'import_from_statement':
        return this.#importFrom(node);
      case 'block':
        return this.statements(node);
      case 'assert_statement':
        return [
          {
            t: 'if',
            test: this.#first(node) ?? { t: 'unknown', ...at },
            yes: [],
            no: [{ t: 'throw', of: null, ...at }],
            isExpression: false,
            ...at,
          },
        ];
      case 'comment':
      case 'pass_statement':
      case 'global_statement':
      case 'nonlocal_statement':
      case 'break_statement':
      case 'continue_statement':
      case 'delete_statement':
      case 'future_import_statement':
        return [];
      default:
        return [this.#asStatement(this.expression(node))];
    }
  }

  #asStatement(code: Code): Code {
    return code.t === 'assign' ? code : { t: 'do', of: code, s: code.s, e: code.e };
  }

  #bound(node: Tree, v: Code): Code {
    const name = node.childForFieldName('name');
    const { s, e } = v;
    const n = name === null ? '' : this.#source(name);
    return { t: 'assign', to: { t: 'name', n, s, e }, v, isDeclared: true, s, e };
  }

  #first(node: Tree): Code | null {
    const [one] = children(node);
    return one ? this.expression(one) : null;
  }

  #field(node: Tree, name: string, isTarget = false): Code {
    const one = node.childForFieldName(name);
    if (one === null) return { t: 'unknown', s: node.startIndex, e: node.endIndex };
    return isTarget ? this.#target(one) : this.expression(one);
  }

  #else(node: Tree): Code[] {
    const alternative = node.childForFieldName('alternative');
    return alternative ? this.statements(alternative.childForFieldName('body')) : [];
  }

  /** `elif` clauses stand side by side in the tree; from the last to the first they become nested branches. */
  #if(node: Tree): Code {
    let rest: Code[] = [];
    for (const clause of children(node).reverse()) {
      if (clause.type === 'else_clause') rest = this.statements(clause.childForFieldName('body'));
      if (clause.type === 'elif_clause') rest = [this.#branch(clause, rest)];
    }
    return this.#branch(node, rest);
  }

  #branch(node: Tree, rest: Code[]): Code {
    return {
      t: 'if',
      test: this.#field(node, 'condition'),
      yes: this.statements(node.childForFieldName('consequence')),
      no: rest,
      isExpression: false,
      s: node.startIndex,
      e: node.endIndex,
    };
  }

  #with(node: Tree): Code[] {
    const clause = children(node).find(({ type }) => type === 'with_clause');
    const items = clause ? children(clause) : [];
    const bound = items.map((item): Code => {
      const value = item.childForFieldName('value') ?? item;
      const at = { s: item.startIndex, e: item.endIndex };
      const alias = value.type === 'as_pattern' ? value.childForFieldName('alias') : null;
      const source = value.type === 'as_pattern' ? (children(value)[0] ?? value) : value;
      const v = this.expression(source);
      const target = alias ? children(alias)[0] : undefined;
      return target ? { t: 'assign', to: this.#target(target), v, isDeclared: true, ...at } : { t: 'do', of: v, ...at };
    });
    return [...bound, ...this.statements(node.childForFieldName('body'))];
  }

  #match(node: Tree): Code {
    const body = node.childForFieldName('body');
    const cases = body ? children(body).filter(({ type }) => type === 'case_clause') : [];
    return {
      t: 'switch',
      on: this.#field(node, 'subject'),
      cases: cases.map((one) => {
        const patterns = children(one).filter(({ type }) => type === 'case_pattern');
        const tests = patterns.flatMap((pattern) => this.#patternTexts(pattern));
        return { tests, isDefault: tests.length === 0, body: this.statements(one.childForFieldName('consequence')) };
      }),
      s: node.startIndex,
      e: node.endIndex,
    };
  }

  #patternTexts(pattern: Tree): Code[] {
    return children(pattern).flatMap((one) =>
      one.type === 'union_pattern'
        ? this.#patternTexts(one)
        : [this.expression(one.type === 'dotted_name' ? one : one)],
    );
  }

  #importFrom(node: Tree): Code[] {
    const at = { s: node.startIndex, e: node.endIndex };
    const moduleName = node.childForFieldName('module_name');
    const from = moduleName === null ? '' : this.#source(moduleName).replace(/\s/g, '');
    if (children(node).some(({ type }) => type === 'wildcard_import')) return [{ t: 'reexport', from, ...at }];
    const names = node.childrenForFieldName('name').flatMap((one): [string, string][] => {
      if (one === null) return [];
      const alias = one.childForFieldName('alias');
      const name = this.#source(one.childForFieldName('name') ?? one);
      return [[name, alias ? this.#source(alias) : name]];
    });
    return [{ t: 'import', from, names, ...at }];
  }

  #class(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    const name = node.childForFieldName('name');
    const body = this.statements(node.childForFieldName('body'));
    const parents = node.childForFieldName('superclasses');
    const methods = body.flatMap((one) =>
      one.t === 'assign' && one.v.t === 'function' && one.to.t === 'name' ? [{ name: one.to.n, fn: one.v.fn }] : [],
    );
    const fields = body.flatMap((one) =>
      one.t === 'assign' && one.v.t !== 'function' && one.to.t === 'name' ? [{ name: one.to.n, v: one.v }] : [],
    );
    return {
      t: 'class',
      c: {
        name: name === null ? null : this.#source(name),
        parents: parents
          ? children(parents)
              .filter(({ type }) => type !== 'keyword_argument')
              .map((one) => this.expression(one))
          : [],
        methods,
        fields,
        ...at,
      },
      ...at,
    };
  }

  #function(node: Tree, decorators: Code[]): FunctionCode {
    const name = node.childForFieldName('name');
    const params = node.childForFieldName('parameters');
    const body = node.childForFieldName('body');
    const isLambda = node.type === 'lambda';
    return {
      name: name === null ? null : this.#source(name),
      params: params ? children(params).flatMap((one) => this.#parameter(one)) : [],
      body:
        isLambda && body
          ? [{ t: 'return', of: this.expression(body), s: body.startIndex, e: body.endIndex }]
          : this.statements(body),
      decorators,
      s: node.startIndex,
      e: node.endIndex,
    };
  }

  #parameter(node: Tree): Parameter[] {
    const named = (to: Tree | null, more: Partial<Parameter> = {}): Parameter[] => {
      if (to === null) return [];
      const isRest = /splat/.test(to.type);
      const identifier = isRest ? (children(to)[0] ?? to) : to;
      const name = this.#source(identifier);
      const at = { s: identifier.startIndex, e: identifier.endIndex };
      return [{ to: { t: 'name', n: name, ...at }, name, fallback: null, isRest, annotation: null, ...more }];
    };
    const type = node.childForFieldName('type');
    const annotation = type ? this.#source(type) : null;
    switch (node.type) {
      case 'identifier':
      case 'list_splat_pattern':
      case 'dictionary_splat_pattern':
        return named(node);
      case 'typed_parameter':
        return named(children(node)[0] ?? null, { annotation });
      case 'default_parameter':
      case 'typed_default_parameter':
        return named(node.childForFieldName('name'), { annotation, fallback: this.#field(node, 'value') });
      default:
        return [];
    }
  }

  expression(node: Tree): Code {
    return this.#guarded<Code>({ t: 'unknown', s: node.startIndex, e: node.endIndex }, () => this.#lower(node));
  }

  #lower(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    switch (node.type) {
      case 'identifier':
        return { t: 'name', n: this.#source(node), ...at };
      case 'dotted_name':
        return this.#dotted(node);
      case 'string':
        return this.#string(node);
      case 'concatenated_string':
        return { t: 'join', parts: children(node).map((one) => this.expression(one)), ...at };
      case 'integer':
      case 'float': {
        const v = Number(this.#source(node).replaceAll('_', ''));
        return { t: 'constant', v: Number.isNaN(v) ? 0 : v, ...at };
      }
      case 'true':
      case 'false':
        return { t: 'constant', v: node.type === 'true', ...at };
      case 'none':
        return { t: 'constant', v: null, ...at };
      case 'attribute':
        return {
          t: 'get',
          o: this.#field(node, 'object'),
          p: this.#source(node.childForFieldName('attribute') ?? node),
          ...at,
        };
      case 'subscript': {
        const value = this.#field(node, 'value');
        // `text[::-1]` hides what a text says.
        if (/\[\s*::\s*-1\s*\]$/.test(this.#source(node).slice(-12)))
          return {
            t: 'call',
            f: { t: 'get', o: value, p: 'reversed-text', ...at },
            a: [],
            named: [],
            isNew: false,
            ...at,
          };
        const key = this.#field(node, 'subscript');
        return { t: 'get', o: value, p: key.t === 'text' ? key.v : key, ...at };
      }
      case 'call':
        return this.#call(node);
      case 'binary_operator':
        return this.#binary(node);
      case 'boolean_operator': {
        const of = [this.#field(node, 'left'), this.#field(node, 'right')] as [Code, Code];
        const operator = node.childForFieldName('operator');
        if (operator && this.#source(operator) === 'and')
          return { t: 'if', test: of[0], yes: [of[1]], no: [], isExpression: true, ...at };
        return { t: 'either', of, ...at };
      }
      case 'comparison_operator': {
        const operators = node.children.flatMap((one) => (one && !one.isNamed ? [one.type] : []));
        return { t: 'test', op: operators.join(' '), of: children(node).map((one) => this.expression(one)), ...at };
      }
      case 'not_operator':
      case 'unary_operator':
        return { t: 'test', op: '!', of: [this.#field(node, 'argument')], ...at };
      case 'conditional_expression': {
        const [yes, test, other] = children(node);
        if (!yes || !test || !other) return { t: 'unknown', ...at };
        return {
          t: 'if',
          test: this.expression(test),
          yes: [this.expression(yes)],
          no: [this.expression(other)],
          isExpression: true,
          ...at,
        };
      }
      case 'named_expression':
        return {
          t: 'assign',
          to: this.#field(node, 'name', true),
          v: this.#field(node, 'value'),
          isDeclared: false,
          ...at,
        };
      case 'assignment': {
        const right = node.childForFieldName('right');
        const to = this.#field(node, 'left', true);
        return {
          t: 'assign',
          to,
          v: right ? this.expression(right) : { t: 'unknown', ...at },
          isDeclared: false,
          ...at,
        };
      }
      case 'augmented_assignment': {
        const to = this.#field(node, 'left', true);
        const parts = [this.#field(node, 'left'), this.#field(node, 'right')];
        return { t: 'assign', to, v: { t: 'join', parts, ...at }, isDeclared: false, ...at };
      }
      case 'lambda':
        return { t: 'function', fn: this.#function(node, []), ...at };
      case 'await':
        return { t: 'await', of: this.#first(node) ?? { t: 'unknown', ...at }, ...at };
      case 'parenthesized_expression':
      case 'yield':
      case 'type':
        return this.#first(node) ?? { t: 'unknown', ...at };
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
        return { t: 'list', of: children(node).map((one) => this.expression(one)), ...at };
      case 'dictionary':
        return { t: 'object', props: children(node).map((one) => this.#pair(one)), ...at };
      case 'list_splat':
      case 'dictionary_splat':
        return { t: 'spread', of: this.#first(node) ?? { t: 'unknown', ...at }, ...at };
      case 'list_comprehension':
      case 'set_comprehension':
      case 'generator_expression':
      case 'dictionary_comprehension':
        return this.#comprehension(node);
      case 'slice':
        return { t: 'constant', v: 0, ...at };
      default:
        return { t: 'unknown', ...at };
    }
  }

  #dotted(node: Tree): Code {
    const [head, ...rest] = this.#source(node).split('.');
    const at = { s: node.startIndex, e: node.endIndex };
    return rest.reduce<Code>((o, p) => ({ t: 'get', o, p, ...at }), { t: 'name', n: head ?? '', ...at });
  }

  #string(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    const start = children(node).find(({ type }) => type === 'string_start');
    const isRaw = start !== undefined && /r/i.test(this.#source(start));
    const parts = children(node).flatMap((one): Code[] => {
      if (one.type === 'string_content') {
        const text = this.#source(one);
        return [{ t: 'text', v: isRaw ? text : unescaped(text), s: one.startIndex, e: one.endIndex }];
      }
      const inner = one.type === 'interpolation' ? one.childForFieldName('expression') : null;
      return inner ? [this.expression(inner)] : [];
    });
    const [only] = parts;
    if (only === undefined) return { t: 'text', v: '', ...at };
    return parts.length === 1 && only.t === 'text' ? { ...only, ...at } : { t: 'join', parts, ...at };
  }

  #call(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    const list = node.childForFieldName('arguments');
    const a: Code[] = [];
    const named: [string, Code][] = [];
    for (const one of list ? (list.type === 'argument_list' ? children(list) : [list]) : []) {
      const name = one.type === 'keyword_argument' ? one.childForFieldName('name') : null;
      if (name) named.push([this.#source(name), this.#field(one, 'value')]);
      else a.push(this.expression(one));
    }
    return { t: 'call', f: this.#field(node, 'function'), a, named, isNew: false, ...at };
  }

  #binary(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    const operatorOf = (one: Tree) => {
      const operator = one.childForFieldName('operator');
      return operator ? this.#source(operator) : '';
    };
    const operator = operatorOf(node);
    if (operator === '+') {
      const parts: Code[] = [];
      let left: Tree | null = node;
      while (left !== null && left.type === 'binary_operator' && operatorOf(left) === '+') {
        parts.push(this.#field(left, 'right'));
        left = left.childForFieldName('left');
      }
      if (left !== null) parts.push(this.expression(left));
      return { t: 'join', parts: parts.reverse(), ...at };
    }
    const left = this.#field(node, 'left');
    const right = this.#field(node, 'right');
    // `"… %s" % value` puts text together; `path / name` joins paths.
    if (operator === '%')
      return { t: 'call', f: { t: 'name', n: '%', ...at }, a: [left, right], named: [], isNew: false, ...at };
    if (operator === '/')
      return { t: 'call', f: { t: 'name', n: '/', ...at }, a: [left, right], named: [], isNew: false, ...at };
    return { t: 'test', op: operator, of: [left, right], ...at };
  }

  #pair(node: Tree): [string | null, Code] {
    if (node.type !== 'pair') return [null, this.expression(node)];
    const key = this.#field(node, 'key');
    return [key.t === 'text' ? key.v : null, this.#field(node, 'value')];
  }

  /** `[f(x) for x in y if z]`: a function of its own, so that its names stay inside, called once. */
  #comprehension(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    const body = node.childForFieldName('body');
    const clauses = children(node);
    const steps = clauses.flatMap((one): Code[] => {
      if (one.type === 'for_in_clause') {
        const over = this.#field(one, 'right');
        return [{ t: 'loop', to: this.#field(one, 'left', true), over, test: null, body: [], ...at }];
      }
      if (one.type === 'if_clause')
        return [
          {
            t: 'if',
            test: this.#first(one) ?? { t: 'unknown', ...at },
            yes: [],
            no: [],
            isExpression: false,
            ...at,
          },
        ];
      return [];
    });
    const value: Code =
      body === null ? { t: 'unknown', ...at } : body.type === 'pair' ? this.#pair(body)[1] : this.expression(body);
    return { t: 'list', of: [{ t: 'sequence', of: [...steps, value], ...at }], ...at };
  }

  #target(node: Tree): Code {
    const at = { s: node.startIndex, e: node.endIndex };
    if (/^(?:pattern_list|tuple_pattern|list_pattern|tuple|list)$/.test(node.type))
      return { t: 'unpack-list', of: children(node).map((one) => this.#target(one)), ...at };
    if (node.type === 'list_splat_pattern') {
      const [inner] = children(node);
      return inner ? this.#target(inner) : { t: 'unknown', ...at };
    }
    return this.expression(node);
  }
}

const children = (node: Tree): Tree[] =>
  node.namedChildren.filter((one): one is Tree => one !== null && one.type !== 'comment');

const SIMPLE: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', '\n': '' };

/** Escapes of a string literal, https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, x, u, U, octal, one) => {
      const hex = x ?? u ?? U;
      if (hex !== undefined) {
        const point = Number.parseInt(hex, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return SIMPLE[one] ?? whole;
    },
  );
}
