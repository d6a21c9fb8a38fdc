import { Composer, isAlias, isMap, isSeq, Lexer, LineCounter, Parser, visit } from 'yaml';
import type { CST, Document, Node } from 'yaml';
import type { z } from 'zod';
import { parseWith, SchemaError } from './parse';
import type { SchemaIssue } from './parse';

/** How much a YAML text may hold; what is over is refused before anything is built of it. */
export const YAML_LIMITS = { bytes: 262_144, depth: 32, nodes: 10_000, lexemes: 60_000, aliases: 100 } as const;

/** So many issues are told with their places: to find each takes a walk from the top. */
const ISSUES_TOLD = 50;

/** A text that is no YAML, or more of it than is read; the message begins with `what:line:column`. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly line: number;
  readonly column: number;

  constructor(what: string, [line, column]: Position, message: string) {
    super(`${what}:${line}:${column} ${message}`);
    this.line = line;
    this.column = column;
  }
}

/** Line and column, from 1. */
type Position = readonly [line: number, column: number];

/**
 * Core schema only: no dates, no merge keys, no tags that build something. Keys are texts, each once. Given as a whole,
 * so that a `%YAML 1.1` in the text changes nothing.
 */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  strict: true,
  uniqueKeys: true,
  stringKeys: true,
  keepSourceTokens: false,
} as const;

type Refuse = (offset: number, message: string) => never;

interface Read {
  readonly document: Document.Parsed;
  readonly positionOf: (offset: number) => Position;
  readonly refuse: Refuse;
}

/**
 * The value of a YAML text: one document of at most 256 KiB, 32 levels and 10 000 nodes. JSON is YAML too.
 * @param what names the text in the error, e.g. its file
 * @throws YamlError with line and column
 */
export function parseYaml(text: string, what: string): unknown {
  return valueOf(read(text, what));
}

/**
 * The value of a YAML text, checked.
 * @throws YamlError, or SchemaError whose message has a line `what:line:column path is value: expected` for each issue
 */
export function parseYamlWith<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  const found = read(text, what);
  try {
    return parseWith(schema, valueOf(found), what);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const lines = error.issues.slice(0, ISSUES_TOLD).map((issue) => {
      const { path, value, expected } = issue;
      return `${what}:${found.positionOf(offsetOf(found.document, issue)).join(':')} ${path} is ${value}: ${expected}`;
    });
    const left = error.issues.length - lines.length;
    error.message = [...lines, ...(left > 0 ? [`${what}: ${left} more`] : [])].join('\n');
    throw error;
  }
}

function read(text: string, what: string): Read {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return [line, col];
  };
  const refuse: Refuse = (offset, message) => {
    throw new YamlError(what, positionOf(offset), message);
  };
  const bytes = text.length > YAML_LIMITS.bytes ? text.length : Buffer.byteLength(text);
  if (bytes > YAML_LIMITS.bytes) refuse(0, `has ${bytes} bytes or more: expected at most ${YAML_LIMITS.bytes}`);
  const tokens = tokensOf(text, lines, refuse);
  const documents = new Composer(OPTIONS).compose(tokens, true, text.length);
  const [document, second] = [...documents] as [Document.Parsed, Document.Parsed?];
  if (second !== undefined) refuse(second.range[0], 'begins a second document: expected one');
  // What is a warning elsewhere is here a tag or a directive that nobody follows.
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) refuse(fault.pos[0], fault.message);
  checkAliases(document, refuse);
  return { document, positionOf, refuse };
}

/** Tokens of a text, one by one, so that what is too deep or too long is never put together. */
function tokensOf(text: string, lines: LineCounter, refuse: Refuse): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') refuse(token.offset, token.message);
      tokens.push(token);
    }
    // What has no nodes takes its time too: comments, empty lines, anchors, brackets that close nothing.
    if ((lexemes += 1) > YAML_LIMITS.lexemes) refuse(parser.offset - 1, `has more than ${YAML_LIMITS.lexemes} parts`);
    const levels = parser.stack.filter((token) => 'items' in token).length;
    if (levels > YAML_LIMITS.depth) refuse(parser.offset - 1, `is deeper than ${YAML_LIMITS.depth} levels`);
  }
  for (const token of parser.end()) tokens.push(token);
  checkNodes(tokens, refuse);
  return tokens;
}

/** Counts keys and values before they are compared with each other. */
function checkNodes(tokens: readonly CST.Token[], refuse: Refuse): void {
  let nodes = 1;
  const open: (CST.Token | null | undefined)[] = tokens.map((token) => (token.type === 'document' ? token.value : null));
  while (open.length > 0) {
    const token = open.pop();
    if (token == null) continue;
    if (!('items' in token)) {
      checkEnd(token, refuse);
      continue;
    }
    for (const { key, sep, value } of token.items) {
      nodes += sep === undefined ? 1 : 2;
      if (nodes > YAML_LIMITS.nodes) refuse((value ?? key ?? token).offset, `has more than ${YAML_LIMITS.nodes} nodes`);
      open.push(key, value);
    }
  }
}

/** The parser finds every value that follows a value, one error each; the first is enough. */
function checkEnd(token: CST.Token, refuse: Refuse): void {
  const end = 'end' in token ? (token.end ?? []) : [];
  const stray = end.find(({ type }) => !['space', 'comment', 'newline'].includes(type));
  if (stray !== undefined) refuse(stray.offset, 'stands behind a value: expected one value');
}

function checkAliases(document: Document.Parsed, refuse: Refuse): void {
  let aliases = 0;
  visit(document, {
    Alias: (_key, alias) => {
      const at = alias.range![0];
      if ((aliases += 1) > YAML_LIMITS.aliases) refuse(at, `has more than ${YAML_LIMITS.aliases} aliases`);
      const target = alias.resolve(document);
      if (target === undefined) refuse(at, `refers to *${alias.source}: expected an anchor before it`);
      if (target.range![0] <= at && at < target.range![1]) refuse(at, `*${alias.source} stands in what it refers to`);
    },
  });
}

function valueOf({ document, refuse }: Read): unknown {
  try {
    // The anchor is counted with those that refer to it.
    return document.toJS({ maxAliasCount: YAML_LIMITS.aliases + 1 });
  } catch (error) {
    return refuse(0, (error as Error).message);
  }
}

/** Where an issue is: the field that is not known, the value that is refused, or what lacks a field. */
function offsetOf(document: Document.Parsed, { path, code }: SchemaIssue): number {
  let node: Node | null | undefined = document.contents;
  let [rest, offset] = [path === '(root)' ? '' : path, startOf(node)];
  while (rest !== '') {
    if (isAlias(node)) node = node.resolve(document);
    const found = entryOf(node, rest);
    if (found === null) break;
    rest = rest.slice(found.name.length + 1);
    offset = code === 'unrecognized_keys' && rest === '' ? found.at : (found.value?.range?.[0] ?? found.at);
    node = found.value;
  }
  return offset;
}

interface Entry {
  readonly name: string;
  readonly at: number;
  readonly value: Node | null;
}

/** The entry that a path begins with; the longest name, for a key may have dots in it. */
function entryOf(node: Node | null | undefined, path: string): Entry | null {
  let entries: Entry[] = [];
  if (isSeq<Node>(node)) entries = node.items.map((value, index) => ({ name: `${index}`, at: startOf(value), value }));
  if (isMap<Node, Node | null>(node))
    entries = node.items.map(({ key, value }) => ({ name: String(key), at: startOf(key), value }));
  const fitting = entries.filter(({ name }) => path === name || path.startsWith(`${name}.`));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0] ?? null;
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
