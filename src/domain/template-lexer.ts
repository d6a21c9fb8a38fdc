/** A template that is none; the place is the character of the text, from 1. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly at: number;

  constructor(offset: number, message: string) {
    super(message);
    this.at = offset + 1;
  }
}

/** What an expression is made of; `at` is its offset in the text. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Longest first, for the first that fits is taken. */
const SYMBOLS = ['==', '!=', '<=', '>=', '&&', '||', '}}', '<', '>', '!', '(', ')', '.'] as const;

const SPACE = /[ \t\r\n]*/y;
/** After a dot a name may begin with a digit and hold hyphens: names of stages do. */
const MEMBER = /[A-Za-z0-9_-]+/y;
const WORD = /[A-Za-z_]+/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TEXT = /"[^"\r\n]*"|'[^'\r\n]*'/y;

/** Reads the tokens of one expression, one by one, as far as its `}}`. */
export class Lexer {
  private afterDot = false;
  private readonly source: string;
  private offset: number;

  constructor(source: string, offset: number) {
    this.source = source;
    this.offset = offset;
  }

  /** @throws TemplateError for a character that begins no token */
  next(): Token {
    if (!this.afterDot) this.take(SPACE);
    const at = this.offset;
    const member = this.afterDot ? this.take(MEMBER) : null;
    this.afterDot = false;
    if (member !== null) return { kind: 'name', text: member, at };
    if (at >= this.source.length) return { kind: 'end', text: '', at };
    const symbol = SYMBOLS.find((known) => this.source.startsWith(known, at));
    if (symbol !== undefined) {
      this.offset += symbol.length;
      this.afterDot = symbol === '.';
      return { kind: 'symbol', text: symbol, at };
    }
    const number = this.take(NUMBER);
    if (number !== null) return { kind: 'number', text: number, at };
    const text = this.take(TEXT);
    if (text !== null) return { kind: 'text', text: text.slice(1, -1), at };
    const word = this.take(WORD);
    if (word !== null) return { kind: 'name', text: word, at };
    throw new TemplateError(at, `unexpected ${JSON.stringify(String.fromCodePoint(this.source.codePointAt(at)!))}`);
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.source)?.[0] ?? null;
    this.offset += found?.length ?? 0;
    return found;
  }
}
