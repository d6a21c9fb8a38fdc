import fc from 'fast-check';
import { leavingShare, stayingShare } from '../../../src/statistics/drift/lattice-paths';

/** The paths within the band, counted in whole numbers. */
function counted(
  n: number,
  m: number,
  above: number,
  below: number,
): { readonly inside: bigint; readonly all: bigint } {
  const table = (counts: (i: number, j: number) => boolean) => {
    const paths = Array.from({ length: n + 1 }, () => new Array<bigint>(m + 1).fill(0n));
    for (let i = 0; i <= n; i += 1)
      for (let j = 0; j <= m; j += 1)
        if (counts(i, j))
          paths[i]![j] = i + j === 0 ? 1n : (i > 0 ? paths[i - 1]![j]! : 0n) + (j > 0 ? paths[i]![j - 1]! : 0n);
    return paths[n]![m]!;
  };
  return { inside: table((i, j) => i * m - j * n < above && j * n - i * m < below), all: table(() => true) };
}

const cases = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .chain(([n, m]) => fc.tuple(fc.constant(n), fc.constant(m), fc.integer({ min: 1, max: n * m })));

test('shares are those of the counted paths', () => {
  fc.assert(
    fc.property(cases, ([n, m, steps]) => {
      const { inside, all } = counted(n, m, steps, steps);
      expect(Math.abs(stayingShare(n, m, steps) - Number(inside) / Number(all))).toBeLessThan(1e-14);
      const out = Number(all - inside) / Number(all);
      expect(Math.abs(leavingShare(n, m, steps, steps, true) - out)).toBeLessThanOrEqual(1e-13 * out);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('one side only', () => {
  fc.assert(
    fc.property(cases, ([n, m, steps]) => {
      const { inside, all } = counted(n, m, steps, Infinity);
      const out = Number(all - inside) / Number(all);
      expect(Math.abs(leavingShare(n, m, steps, n * m + 1, false) - out)).toBeLessThanOrEqual(1e-13 * out);
    }),
    { seed: 2, numRuns: 200 },
  );
});

test('counts that need scaling add up', () => {
  for (const [n, m] of [
    [3_000, 1_700],
    [2_000, 33],
    [5_001, 5_000],
  ] as const) {
    const steps = Math.round(1.2 * Math.sqrt(n * m * (n + m)));
    expect(stayingShare(n, m, steps) + leavingShare(n, m, steps, steps, true)).toBeCloseTo(1, 11);
  }
});

test('a band that no path fits', () => {
  expect(stayingShare(300, 299, 1)).toBe(0);
  expect(stayingShare(4_000, 3_999, 2)).toBe(0);
  expect(leavingShare(300, 299, 1, 1, true)).toBeCloseTo(1, 12);
});
