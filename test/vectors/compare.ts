/** How far numbers of a case may lie apart: the larger of both slacks. */
export interface Tolerance {
  readonly rel: number;
  readonly abs: number;
}

/** Below this a p-value is compared by its logarithm, within a hundredth: asymptotic formulas differ out there. */
const FAR_TAIL = 1e-20;

/** Where `found` is not what a case expects, in words; `found` may hold more than is expected. */
export function mismatches(found: unknown, expected: unknown, tolerance: Tolerance, path: string): string[] {
  if (typeof expected === 'number') return numbers(found, expected, tolerance, path);
  if (typeof expected !== 'object' || expected === null)
    return Object.is(found, expected) ? [] : [`${path} is ${shown(found)}, expected ${shown(expected)}`];
  if (typeof found !== 'object' || found === null) return [`${path} is ${shown(found)}, expected ${shown(expected)}`];
  if (Array.isArray(expected)) {
    const values = Array.from(found as ArrayLike<unknown>);
    if (values.length !== expected.length) return [`${path} has ${values.length} entries, expected ${expected.length}`];
    return expected.flatMap((value, index) => mismatches(values[index], value, tolerance, `${path}[${index}]`));
  }
  return Object.entries(expected).flatMap(([key, value]) =>
    mismatches((found as Record<string, unknown>)[key], value, tolerance, `${path}.${key}`),
  );
}

function numbers(found: unknown, expected: number, { rel, abs }: Tolerance, path: string): string[] {
  const off = `${path} is ${shown(found)}, expected ${expected}`;
  if (typeof found !== 'number' || Number.isNaN(found)) return [off];
  if (found === expected) return [];
  const key = path.split('.').at(-1)!;
  if (/^p([A-Z_]|$)/.test(key) && expected > 0 && expected < FAR_TAIL)
    return Math.abs(Math.log10(found) / Math.log10(expected) - 1) <= 0.01 ? [] : [off];
  return Math.abs(found - expected) <= Math.max(abs, rel * Math.abs(expected)) ? [] : [off];
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value));
}
