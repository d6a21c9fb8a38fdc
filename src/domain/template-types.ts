import type { Expression, Template } from '../contracts';

/** What a value can be; a date is a calendar day until it is written. */
export type ValueType = 'text' | 'number' | 'boolean' | 'date';

/** What a template may speak of where it stands; each says what is wrong by a word, or null where nothing is. */
export interface TemplateScope {
  /** Type of a parameter, or what is wrong. */
  readonly param: (name: string) => ValueType | Wrong;
  /** Type of the items of a fan-out, or what is wrong. */
  readonly item: () => ValueType | Wrong;
  /** What is wrong with speaking of a stage. */
  readonly stage: (reference: StageReference) => Wrong | null;
}

/** What an expression asks of a stage. */
export type StageReference = Extract<Expression, { readonly stage: string }>;

/** What is wrong, in words. */
export interface Wrong {
  readonly wrong: string;
}

/** Finds the type of an expression, or the first thing wrong with it. */
export function typeOf(expression: Expression, scope: TemplateScope): ValueType | Wrong {
  switch (expression.kind) {
    case 'literal':
      return typeOfValue(expression.value);
    case 'date':
      return expression.layout === null ? 'date' : 'text';
    case 'param':
      return scope.param(expression.name);
    case 'item':
      return scope.item();
    case 'state':
    case 'output':
    case 'metric': {
      const type = ({ state: 'boolean', output: 'text', metric: 'number' } as const)[expression.kind];
      return scope.stage(expression) ?? type;
    }
    case 'not':
      return boolean([expression.of], 'not', scope);
    case 'and':
    case 'or':
      return boolean([expression.left, expression.right], expression.kind, scope);
    case 'compare':
      return comparison(expression, scope);
  }
}

/** The type of a template: of its expression where it is one alone, a text otherwise. */
export function typeOfTemplate({ parts }: Template, scope: TemplateScope): ValueType | Wrong {
  let type: ValueType = 'text';
  for (const part of parts) {
    const found = typeof part === 'string' ? 'text' : typeOf(part, scope);
    if (typeof found === 'object') return found;
    type = found;
  }
  return parts.length === 1 ? type : 'text';
}

/** The type of a value. */
export function typeOfValue(value: unknown): ValueType {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}

function boolean(operands: readonly Expression[], word: string, scope: TemplateScope): ValueType | Wrong {
  for (const operand of operands) {
    const type = typeOf(operand, scope);
    if (typeof type === 'object') return type;
    if (type !== 'boolean') return { wrong: `expected true or false for "${word}", this is a ${type}` };
  }
  return 'boolean';
}

function comparison(
  { operator, left, right }: Extract<Expression, { kind: 'compare' }>,
  scope: TemplateScope,
): ValueType | Wrong {
  const [a, b] = [typeOf(left, scope), typeOf(right, scope)];
  if (typeof a === 'object') return a;
  if (typeof b === 'object') return b;
  if (a !== b) return { wrong: `expected values of one type around "${operator}", these are a ${a} and a ${b}` };
  const ordered = a === 'number' || a === 'date';
  if (!ordered && operator !== '==' && operator !== '!=')
    return { wrong: `expected numbers or dates around "${operator}", these are of type ${a}` };
  return 'boolean';
}
