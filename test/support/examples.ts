/** Examples in docstrings and pages, run: a piece of code, and behind `//` what it gives. */

/** A number as it was written, for a comparison at the digits shown. */
interface Shown {
  readonly number: number;
  /** Half a unit of the last digit; a whole unit where `…` says that digits were cut. */
  readonly slack: number;
}

/** Code with what it should give. */
export interface Example {
  readonly code: string;
  readonly expected: string;
}

/** Reads what stands behind `//`: numbers, strings, words, lists and objects, the latter closed or ended by `…`. */
export function readExpected(text: string): unknown {
  const tokens =
    text.match(/"[^"]*"|'[^']*'|-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?…?|[A-Za-zÀ-ž_$][\wÀ-ž$]*|[[\]{}:,…]/g) ?? [];
  let at = 0;
  const value = (): unknown => {
    const token = tokens[at++];
    if (token === undefined) throw new Error(`ends too early: ${text}`);
    if (token === '[') return list();
    if (token === '{') return object();
    if (/^["']/.test(token)) return token.slice(1, -1);
    if (/^-?[\d.]/.test(token)) return shown(token);
    if (token in WORDS) return WORDS[token];
    throw new Error(`${token} is no value: ${text}`);
  };
  const list = (): unknown[] => {
    const found: unknown[] = [];
    while (tokens[at] !== ']') {
      if (tokens[at] === ',') at += 1;
      else found.push(value());
    }
    at += 1;
    return found;
  };
  const object = (): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    while (tokens[at] !== '}') {
      if (tokens[at] === ',' || tokens[at] === '…') {
        at += 1;
        continue;
      }
      const key = tokens[at++]!.replace(/^["']|["']$/g, '');
      if (tokens[at++] !== ':') throw new Error(`${key} wants a colon: ${text}`);
      found[key] = value();
    }
    at += 1;
    return found;
  };
  const found = value();
  if (at !== tokens.length) throw new Error(`more than one value: ${text}`);
  return found;
}

const WORDS: Record<string, unknown> = { true: true, false: false, null: null, Infinity, undefined };

class ShownNumber implements Shown {
  readonly number: number;
  readonly slack: number;

  constructor(token: string) {
    const digits = token.replace('…', '');
    const [mantissa, exponent = '0'] = digits.split('e');
    const decimals = (mantissa!.split('.')[1] ?? '').length;
    this.number = Number(digits);
    this.slack = (token.endsWith('…') ? 1 : 0.5) * 10 ** (Number(exponent) - decimals);
  }
}

function shown(token: string): ShownNumber {
  return new ShownNumber(token);
}

/** Where a value is not what was shown, in words; an object may hold more than is shown, a list may not. */
export function differences(found: unknown, expected: unknown, path = 'value'): string[] {
  if (expected instanceof ShownNumber) {
    // The last digit is rounded, up to the double's own precision.
    const slack = expected.slack * (1 + 1e-9) + Math.abs(expected.number) * 4e-16;
    const near = typeof found === 'number' && Math.abs(found - expected.number) <= slack;
    return near ? [] : [`${path} is ${String(found)}, shown ${expected.number}`];
  }
  if (typeof expected !== 'object' || expected === null)
    return Object.is(found, expected) ? [] : [`${path} is ${JSON.stringify(found)}, shown ${String(expected)}`];
  if (typeof found !== 'object' || found === null)
    return [`${path} is ${String(found)}, shown ${JSON.stringify(expected)}`];
  if (Array.isArray(expected)) {
    const values = Array.from(found as ArrayLike<unknown>);
    if (values.length !== expected.length) return [`${path} has ${values.length} entries, shown ${expected.length}`];
    return expected.flatMap((value, index) => differences(values[index], value, `${path}[${index}]`));
  }
  return Object.entries(expected).flatMap(([key, value]) =>
    differences((found as Record<string, unknown>)[key], value, `${path}.${key}`),
  );
}

/** Runs code with names in scope; the value is that of its last expression. */
export function run(code: string, scope: object): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- examples are code of ours, and this is a test
  const evaluate = new Function('scope', 'code', 'with (scope) { return eval(code); }');
  return evaluate(scope, code);
}

/** The examples of a TypeScript source: per `@example` the code up to its `//`, and what follows. */
export function examplesOf(source: string): (Example & { readonly name: string })[] {
  const found: (Example & { readonly name: string })[] = [];
  for (const [, comment, name] of source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:async )?(?:function|class|const) (\w+)/g,
  )) {
    for (const part of comment!.split('@example').slice(1)) {
      const text = part
        .split(/\n\s*\*\s*@/)[0]!
        .replace(/\n\s*\* ?/g, '\n')
        .trim();
      found.push({ name: name!, ...split(text) });
    }
  }
  return found;
}

/** The examples of a Markdown page: every `//` in its TypeScript blocks, each with all code of the page before it. */
export function examplesOfPage(page: string): Example[] {
  const found: Example[] = [];
  let code = '';
  for (const [, block] of page.matchAll(/```ts\n([\s\S]*?)```/g)) {
    let [pending, expected] = ['', ''];
    const close = () => {
      if (expected !== '') found.push({ code: code + pending, expected });
      code += pending;
      [pending, expected] = ['', ''];
    };
    for (const line of block!.split('\n')) {
      const { code: left, expected: right } = split(line);
      if (left.trim() !== '' && expected !== '') close();
      pending += left === '' ? '' : `${left}\n`;
      expected += right === '' ? '' : ` ${right}`;
    }
    close();
  }
  return found;
}

/** Code and comment of one or more lines; `//` in a string (a URL) is not told apart and not needed. */
function split(text: string): Example {
  const lines = text.split('\n').map((line) => {
    const at = line.indexOf('//');
    return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 2)];
  });
  return {
    code: lines
      .map(([code]) => code!.trimEnd())
      .join('\n')
      .trim(),
    expected: lines
      .map(([, comment]) => comment!.trim())
      .join(' ')
      .trim(),
  };
}
