/**
 * Two numbers are the same within this share of the larger, or this distance: data files hold seven digits, and what
 * is expected was computed before they were written.
 */
export const TOLERANCE = { relative: 1e-6, absolute: 1e-12 } as const;

/** What became of the numbers of one file. */
export interface Compared {
  readonly matched: number;
  /** In words: where, what was expected, what was found. */
  readonly differ: readonly string[];
  /** Paths of numbers that nothing recomputes. */
  readonly skipped: readonly string[];
}

/** Holds every number of what is expected against what was found at the same path. */
export function compareNumbers(expected: unknown, found: unknown, path = ''): Compared {
  if (typeof expected === 'number') return compareNumber(expected, found, path);
  if (typeof expected !== 'object' || expected === null) return { matched: 0, differ: [], skipped: [] };
  const inner = (typeof found === 'object' && found !== null ? found : {}) as Record<string, unknown>;
  const parts = Object.entries(expected).map(([key, value]) =>
    compareNumbers(value, Object.hasOwn(inner, key) ? inner[key] : undefined, path === '' ? key : `${path}.${key}`),
  );
  return {
    matched: parts.reduce((sum, { matched }) => sum + matched, 0),
    differ: parts.flatMap(({ differ }) => differ),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

function compareNumber(expected: number, found: unknown, path: string): Compared {
  if (found === undefined) return { matched: 0, differ: [], skipped: [path] };
  if (typeof found === 'number' && isSame(expected, found)) return { matched: 1, differ: [], skipped: [] };
  return { matched: 0, differ: [`${path}: expected ${expected}, found ${JSON.stringify(found)}`], skipped: [] };
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(TOLERANCE.absolute, TOLERANCE.relative * Math.max(Math.abs(a), Math.abs(b)));
}
