import fc from 'fast-check';
import { DRIFT_METHODS, featureReference, judgeFeature } from '../../../src/statistics';
import type { DriftColumn, DriftMethod, FeatureDrift, JudgedFeature } from '../../../src/statistics';

function ok(drift: FeatureDrift): JudgedFeature {
  if (drift.status !== 'ok') throw new Error(JSON.stringify(drift));
  return drift;
}

const ramp = (rows: number, from = 0) => Float64Array.from({ length: rows }, (_, k) => from + k / rows);

test('numbers by Kolmogorov-Smirnov, with an interval around D', () => {
  const rows = (from: number) => Float64Array.from({ length: 1_000 }, (_, k) => from + k);
  const drift = ok(judgeFeature(featureReference('x', rows(0)), rows(200)));
  expect(drift).toMatchObject({ driftMethod: 'kolmogorov-smirnov', pFrom: 'exact', isLarge: true, floor: 0.1 });
  expect(drift.statistic).toBeCloseTo(0.2, 12);
  expect(drift.effect.value).toBe(drift.statistic);
  // √(ln 40 · 2000 / 2e6)
  expect(drift.effect.interval!.low).toBeCloseTo(0.2 - 0.060736, 5);
  expect(drift.effect.interval!.high).toBeCloseTo(0.2 + 0.060736, 5);
});

test('categories and numbers of few values by chi-square, constants as numbers', () => {
  const method = (reference: DriftColumn, current: DriftColumn) => ok(judgeFeature(featureReference('x', reference), current)).driftMethod; // prettier-ignore
  expect(method(['a', 'b'], ['a'])).toBe('chi-square');
  const levels = (count: number) => Array.from({ length: 200 }, (_, k) => k % count);
  expect(method(levels(2), levels(2))).toBe('chi-square');
  expect(method(levels(8), levels(8))).toBe('chi-square');
  expect(method(levels(9), levels(9))).toBe('kolmogorov-smirnov');
  expect(method(levels(1), levels(1))).toBe('kolmogorov-smirnov');
  // A handful of rows that all differ is not a number of few values.
  expect(method([1, 2, 3], [1, 2, 3])).toBe('kolmogorov-smirnov');
});

describe.each(Object.keys(DRIFT_METHODS) as DriftMethod[])('%s', (method) => {
  const { kinds } = DRIFT_METHODS[method];
  const reference = featureReference('x', ramp(500));

  test('finds a shift and not the same rows in another order', () => {
    const same = ok(judgeFeature(reference, ramp(500).reverse(), { method }));
    expect(same).toMatchObject({ pValue: 1, isLarge: false, driftMethod: method });
    const shifted = ok(judgeFeature(reference, ramp(500, 0.3), { method }));
    expect(shifted.pValue).toBeLessThan(0.001);
    expect(shifted.effect.name).toBe(DRIFT_METHODS[method].effect);
    expect(shifted.isLarge).toBe(true);
  });

  test('equal constants have not drifted, different ones have', () => {
    const constant = featureReference('x', new Float64Array(60).fill(5));
    expect(ok(judgeFeature(constant, [5, 5, 5], { method }))).toMatchObject({
      statistic: 0,
      pValue: 1,
      isLarge: false,
    });
    if (!['kolmogorov-smirnov', 'wasserstein'].includes(method)) return;
    expect(ok(judgeFeature(constant, new Float64Array(60).fill(6), { method })).pValue).toBeLessThan(1e-6);
  });

  test('is refused where it is not for that kind of feature', () => {
    const plan = featureReference('plan', ['a', 'b']);
    if (kinds.includes('categorical')) expect(ok(judgeFeature(plan, ['a', 'b'], { method })).pValue).toBe(1);
    else expect(() => judgeFeature(plan, ['a'], { method })).toThrow(`method of plan is ${method}`);
  });
});

test('constants of another value are a change for counts as well', () => {
  const constant = featureReference('x', new Float64Array(60).fill(5));
  const moved = ok(judgeFeature(constant, new Float64Array(60).fill(6), { method: 'chi-square' }));
  expect(moved).toMatchObject({ newCategories: { count: 1, rows: 60, names: ['6'] }, effect: { value: 1 } });
  expect(moved.pValue).toBeLessThan(1e-6);
});

test('whatever a column holds, there is a status', () => {
  const numbers = featureReference('x', ramp(50));
  const words = featureReference('x', ['a', 'b', 'a']);
  const status = (reference: typeof numbers, column: unknown) => judgeFeature(reference, column as DriftColumn).status;
  expect(status(numbers, undefined)).toBe('missing-column');
  expect(status(numbers, [])).toBe('no-current-values');
  expect(status(numbers, [null, NaN, Infinity])).toBe('no-current-values');
  expect(status(words, [null, undefined])).toBe('no-current-values');
  expect(status(words, { codes: Uint8Array.of(3, 3), names: ['a'] })).toBe('no-current-values');
  expect(status(featureReference('x', [null, null]), [1, 2])).toBe('no-reference-values');
  expect(status(featureReference('x', []), ['a'])).toBe('no-reference-values');
  expect(status(numbers, ['a'])).toBe('wrong-type');
  expect(status(numbers, { codes: [0], names: ['a'] })).toBe('wrong-type');
  expect(status(words, [{}])).toBe('wrong-type');
  expect(status(numbers, 5)).toBe('wrong-type');
  expect(status(numbers, null)).toBe('wrong-type');
  expect(status(numbers, { codes: 'abc', names: ['a'] })).toBe('wrong-type');
  expect(judgeFeature(numbers, [1, 'b'])).toMatchObject({ reason: expect.stringMatching(/x\[1\] is "b"/) });
});

test('missing shares are told on both sides', () => {
  const drift = judgeFeature(featureReference('x', [1, 2, 3, null]), [NaN, 1]);
  expect(drift).toMatchObject({ missing: { reference: 0.25, current: 0.5 }, n: [3, 1] });
  expect(judgeFeature(featureReference('x', []), undefined).missing).toEqual({ reference: null, current: null });
});

test('new categories are named, the most frequent first, twenty at most', () => {
  const reference = featureReference('x', ['a', 'a', 'constructor']);
  const current = ['a', 'b', '__proto__', 'b', 'toString', 'constructor'];
  expect(judgeFeature(reference, current)).toMatchObject({
    newCategories: { count: 3, rows: 4, names: ['b', '__proto__', 'toString'] },
  });
  const many = judgeFeature(
    reference,
    Array.from({ length: 50 }, (_, k) => `new ${k}`),
  );
  expect(many).toMatchObject({ newCategories: { count: 50, rows: 50 } });
  expect(ok(many).newCategories.names).toHaveLength(20);
});

test('strings, encoded strings and numbers declared categories are judged alike', () => {
  const names = ['a', 'b', 'c'];
  const codes = Uint16Array.from({ length: 300 }, (_, k) => (k * k) % 3);
  const later = Uint16Array.from({ length: 200 }, (_, k) => (k % 5 === 0 ? 2 : k % 3));
  const strings = (of: Uint16Array) => Array.from(of, (code) => names[code]!);
  const encoded = judgeFeature(featureReference('x', { codes, names }), { codes: later, names });
  expect(judgeFeature(featureReference('x', strings(codes)), strings(later))).toEqual(encoded);
  // Another batch may number its names in another way.
  const turned = { codes: later.map((code) => 2 - code), names: ['c', 'b', 'a'] };
  expect(judgeFeature(featureReference('x', { codes, names }), turned)).toEqual(encoded);
});

test('the order of rows changes nothing', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 3, noNaN: true }), fc.constant(null));
  const column = fc.array(value, { minLength: 1, maxLength: 40 });
  const methods = fc.constantFrom(...(Object.keys(DRIFT_METHODS) as DriftMethod[]));
  fc.assert(
    fc.property(column, column, methods, (reference, current, method) => {
      const accepted = featureReference('x', reference);
      const [there, back] = [current, [...current].reverse()].map((rows) =>
        judgeFeature(accepted, rows, { method, repetitions: 199 }),
      );
      expect(JSON.stringify(back)).toBe(JSON.stringify(there));
      expect(JSON.stringify(there)).not.toMatch(/NaN|Infinity/);
      expect(JSON.parse(JSON.stringify(there))).toEqual(there);
      const mirrored = judgeFeature(featureReference('x', [...reference].reverse()), current, {
        method,
        repetitions: 199,
      });
      expect(JSON.stringify(mirrored)).toBe(JSON.stringify(there));
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('seeds of features of another name differ', () => {
  const column = ['a', 'b', 'a', 'c', 'a'];
  const seedOf = (name: string, seed?: number) =>
    ok(judgeFeature(featureReference(name, column), column, seed === undefined ? {} : { seed })).resampling?.seed;
  expect(seedOf('x')).toBe(seedOf('x'));
  expect(seedOf('x')).not.toBe(seedOf('y'));
  expect(seedOf('x', 1)).not.toBe(seedOf('x'));
});

test('options out of range are refused before anything is judged', () => {
  const reference = featureReference('x', [1, 2, 3]);
  expect(() => judgeFeature(reference, undefined, { floor: -1 })).toThrow('floor of x is -1');
  expect(() => judgeFeature(reference, undefined, { method: 'ks' as never })).toThrow('method of x is "ks"');
  expect(() => judgeFeature(reference, undefined, { repetitions: 10 })).toThrow('repetitions is 10');
  expect(() => judgeFeature(reference, undefined, { seed: -1 })).toThrow('seed is -1');
});
