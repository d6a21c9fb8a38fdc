import { DATE_LAYOUTS, TEMPLATE_LIMITS } from '../contracts';
import type { Comparator, DateLayout, Expression, StageState, Template } from '../contracts';
import { didYouMean } from './suggest';
import { Lexer, TemplateError } from './template-lexer';
import type { Token } from './template-lexer';

const COMPARATORS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies Comparator[];
const ROOTS = ['Date', 'Params', 'Stages', 'Item'];
const MEMBERS = ['Success', 'Failed', 'Skipped', 'Outputs', 'Metrics'];

/**
 * Reads a text with `{{ … }}` in it, once; what its expressions stand for is never read as a template.
 * @throws TemplateError with the character
 * @example parseTemplate('since {{ .Date.AddDays(-7) }}') // { parts: ['since ', { kind: 'date', days: -7, layout: null }] }
 */
export function parseTemplate(text: string): Template {
  const parts: (string | Expression)[] = [];
  const budget = { nodes: 0 };
  let from = 0;
  for (;;) {
    const open = text.indexOf('{{', from);
    if (open !== from && from < text.length) parts.push(text.slice(from, open < 0 ? undefined : open));
    if (open < 0) return { parts };
    const parser = new Parser(text, open + 2, budget);
    parts.push(parser.whole());
    from = parser.end;
  }
}

/** Recursive descent over one expression; every level of it is counted. */
class Parser {
  private readonly lexer: Lexer;
  private token: Token;
  private depth = 0;
  private readonly budget: { nodes: number };

  constructor(text: string, offset: number, budget: { nodes: number }) {
    this.lexer = new Lexer(text, offset);
    this.token = this.lexer.next();
    this.budget = budget;
  }

  /** Where the text goes on, once `whole` has returned. */
  get end(): number {
    return this.token.at + 2;
  }

  whole(): Expression {
    const expression = this.either();
    if (!this.is('}}')) this.refuse('expected }} or an operator');
    return expression;
  }

  private either(): Expression {
    let left = this.both();
    while (this.is('or') || this.is('||')) {
      this.advance();
      left = this.node({ kind: 'or', left, right: this.both() });
    }
    return left;
  }

  private both(): Expression {
    let left = this.negation();
    while (this.is('and') || this.is('&&')) {
      this.advance();
      left = this.node({ kind: 'and', left, right: this.negation() });
    }
    return left;
  }

  private negation(): Expression {
    if (!this.is('not') && !this.is('!')) return this.comparison();
    this.advance();
    return this.deeper(() => this.node({ kind: 'not', of: this.negation() }));
  }

  private comparison(): Expression {
    const left = this.primary();
    const { kind, text } = this.token;
    if (kind !== 'symbol' || !COMPARATORS.includes(text)) return left;
    this.advance();
    return this.node({ kind: 'compare', operator: text as Comparator, left, right: this.primary() });
  }

  private primary(): Expression {
    const { kind, text } = this.token;
    if (this.is('(')) {
      this.advance();
      const inner = this.deeper(() => this.either());
      this.expect(')');
      return inner;
    }
    if (this.is('.')) return this.node(this.reference());
    if (kind === 'text' || this.is('true') || this.is('false')) {
      this.advance();
      return this.node({ kind: 'literal', value: kind === 'text' ? text : text === 'true' });
    }
    if (kind === 'number') return this.node({ kind: 'literal', value: this.number() });
    return this.refuse('expected a value such as .Date, .Params.p, .Stages.name.Success, a number or a "text"');
  }

  private reference(): Expression {
    const root = this.member(ROOTS);
    if (root === 'Date') return this.date();
    if (root === 'Item') return { kind: 'item' };
    if (root === 'Params') return { kind: 'param', name: this.member() };
    const stage = this.member();
    const member = this.member(MEMBERS);
    if (member === 'Outputs') return { kind: 'output', stage, output: this.member() };
    if (member === 'Metrics') return { kind: 'metric', stage, metric: this.member() };
    return { kind: 'state', stage, state: member as StageState };
  }

  private date(): Expression {
    let [days, layout]: [number, DateLayout | null] = [0, null];
    while (this.is('.') && layout === null) {
      const method = this.member(['AddDays', 'Format']);
      this.expect('(');
      if (method === 'Format') layout = this.layout();
      else days = this.days(days);
      this.expect(')');
    }
    return { kind: 'date', days, layout };
  }

  /** So many days more. */
  private days(before: number): number {
    const { text, kind } = this.token;
    const days = before + Number(text);
    if (kind !== 'number' || !/^-?\d{1,6}$/.test(text) || Math.abs(days) > TEMPLATE_LIMITS.days)
      this.refuse(`expected whole days, at most ${TEMPLATE_LIMITS.days} either way in all`);
    this.advance();
    return days;
  }

  private layout(): DateLayout {
    const { text, kind } = this.token;
    const layout = DATE_LAYOUTS.find((known) => known === text);
    if (kind !== 'text' || layout === undefined) return this.refuse(`expected one of "${DATE_LAYOUTS.join('", "')}"`);
    this.advance();
    return layout;
  }

  private number(): number {
    const value = Number(this.token.text);
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      this.refuse('expected a number that is kept exactly, at most 2^53 - 1 either way');
    this.advance();
    return value;
  }

  /** The name behind a dot. */
  private member(known?: readonly string[]): string {
    this.expect('.');
    const { kind, text } = this.token;
    if (kind !== 'name') this.refuse(`expected a name${known === undefined ? '' : `: ${known.join(', ')}`}`);
    if (known?.includes(text) === false) this.refuse(didYouMean(text, known));
    this.advance();
    return text;
  }

  private node(expression: Expression): Expression {
    this.budget.nodes += 1;
    if (this.budget.nodes > TEMPLATE_LIMITS.nodes) this.refuse(`expected at most ${TEMPLATE_LIMITS.nodes} parts`);
    return expression;
  }

  private deeper(read: () => Expression): Expression {
    this.depth += 1;
    if (this.depth > TEMPLATE_LIMITS.depth) this.refuse(`expected at most ${TEMPLATE_LIMITS.depth} levels`);
    const expression = read();
    this.depth -= 1;
    return expression;
  }

  private is(text: string): boolean {
    const { kind } = this.token;
    return (kind === 'symbol' || kind === 'name') && this.token.text === text;
  }

  private expect(text: string): void {
    if (!this.is(text)) this.refuse(`expected ${text}`);
    this.advance();
  }

  private advance(): void {
    this.token = this.lexer.next();
  }

  private refuse(expected: string): never {
    const { kind, text, at } = this.token;
    throw new TemplateError(
      at,
      `${kind === 'end' ? 'the text ends' : `${JSON.stringify(text)} stands`} there: ${expected}`,
    );
  }
}
