import fc from 'fast-check';
import {
  adjustedMeanOf,
  cohensD,
  compareArms,
  meanOf,
  ratioOf,
  studentTest,
} from '../../../src/statistics/experiments';
import { column, normals, ok, unsound, wildSums } from './samples';

test('a result tells everything by name', () => {
  const found = ok(compareArms(meanOf([1, 2, 3, 4]), meanOf([3, 4, 5, 6])));
  expect(found).toMatchObject({
    method: 'Welch t of means',
    alternative: 'two-sided',
    n: [4, 4],
    effect: { name: 'difference', value: 2, interval: { level: 0.95, method: 'welch' } },
    threshold: 0.05,
    significant: false,
    degreesOfFreedom: 6,
    means: [2.5, 4.5],
    relativeLift: { name: 'relative lift', value: 0.8, interval: { method: 'delta' } },
    adjustment: null,
    notes: [],
  });
  expect(found.assumptions).toEqual([
    { name: 'means nearly normal', holds: false, detail: expect.stringContaining('4 units') },
  ]);
  // 1,2,3,4 against 3,4,5,6: variance 5/3 each, error √(2·5/12).
  expect(found.statistic).toBeCloseTo(2 / Math.sqrt(5 / 6), 12);
  expect(Math.log10(found.pValue)).toBeCloseTo(found.log10PValue, 12);
});

test('too few, no spread and no base are statuses', () => {
  expect(compareArms(meanOf([1]), meanOf([1, 2, 3])).status).toBe('insufficient-data');
  expect(compareArms(meanOf([]), meanOf([])).status).toBe('insufficient-data');
  expect(compareArms(meanOf([2, 2]), meanOf([2, 2, 2])).status).toBe('no-variation');
  expect(compareArms(meanOf([2, 2]), meanOf([3, 3])).status).toBe('undefined');
  expect(compareArms(meanOf([-1, 1]), meanOf([1, 3]), { difference: 'relative' }).status).toBe('undefined');
  expect(ok(compareArms(meanOf([-1, 1]), meanOf([1, 3]))).relativeLift).toBeNull();
  expect(compareArms(meanOf([1, null]), meanOf([1, 2]))).toMatchObject({
    notes: ['1 missing or infinite value left out'],
  });
});

test('one constant arm is enough to judge by the other', () => {
  const found = ok(compareArms(meanOf([2, 2, 2]), meanOf([3, 4, 5])));
  expect(found.degreesOfFreedom).toBeCloseTo(2, 12);
});

test('one-sided tests halve p and have intervals with one end', () => {
  fc.assert(
    fc.property(column(3), column(3), (a, b) => {
      const [left, right] = [meanOf(a), meanOf(b)];
      const by = (alternative: 'two-sided' | 'greater' | 'less') => compareArms(left, right, { alternative });
      const [both, greater, less] = [by('two-sided'), by('greater'), by('less')];
      if (both.status !== 'ok' || greater.status !== 'ok' || less.status !== 'ok') return;
      expect(greater.pValue + less.pValue).toBeCloseTo(1, 9);
      expect(both.pValue).toBeCloseTo(2 * Math.min(greater.pValue, less.pValue), 9);
      expect([greater.effect.interval?.high, less.effect.interval?.low]).toEqual([null, null]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('p below α and an interval without 0 are the same finding', () => {
  fc.assert(
    fc.property(column(3), column(3), fc.constantFrom(0.01, 0.05, 0.3), (a, b, alpha) => {
      for (const law of ['student', 'normal'] as const) {
        const found = compareArms(meanOf(a), meanOf(b), { alpha, law });
        if (found.status !== 'ok' || Math.abs(found.pValue - alpha) < 1e-9) continue;
        const { low, high } = found.effect.interval!;
        expect(found.significant).toBe(low! > 0 || high! < 0);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('exchanged arms change the sign, a scale changes nothing', () => {
  fc.assert(
    fc.property(column(3), column(3), fc.constantFrom(1e-6, 0.5, 1e8), (a, b, scale) => {
      const there = compareArms(meanOf(a), meanOf(b));
      const back = compareArms(meanOf(b), meanOf(a));
      const scaled = compareArms(meanOf(a.map((v) => v * scale)), meanOf(b.map((v) => v * scale)));
      if (there.status !== 'ok' || back.status !== 'ok' || scaled.status !== 'ok') return;
      expect(back.statistic).toBeCloseTo(-there.statistic, 6);
      expect(scaled.pValue).toBeCloseTo(there.pValue, 6);
      expect(scaled.effect.value / scale).toBeCloseTo(there.effect.value, 6);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a covariate that explains the metric shrinks the error by √(1 − ρ²)', () => {
  const random = normals(5);
  const arm = (lift: number) => {
    const covariate = Array.from({ length: 4_000 }, random);
    return { covariate, metric: covariate.map((value) => 10 + 0.8 * value + 0.6 * random() + lift) };
  };
  const [control, treatment] = [arm(0), arm(0.1)];
  const raw = ok(compareArms(meanOf(control.metric), meanOf(treatment.metric)));
  const found = ok(
    compareArms(
      adjustedMeanOf(control.metric, control.covariate),
      adjustedMeanOf(treatment.metric, treatment.covariate),
    ),
  );
  const { theta, correlation, varianceReduction, unadjustedMeans } = found.adjustment!;
  expect(theta).toBeCloseTo(0.8, 1);
  expect(varianceReduction).toBeCloseTo(correlation! ** 2, 12);
  expect(found.standardError / raw.standardError).toBeCloseTo(Math.sqrt(1 - varianceReduction), 2);
  expect(unadjustedMeans).toEqual(raw.means);
  expect(found.significant).toBe(true);
});

test('relative differences are judged as delta says, and warn where it should not be trusted', () => {
  const found = ok(compareArms(meanOf([9, 10, 11]), meanOf([11, 12, 13]), { difference: 'relative' }));
  // √(1/3 + 1.2²·1/3)/10
  expect(found.standardError).toBeCloseTo(Math.sqrt(1 / 3 + 1.44 / 3) / 10, 12);
  expect(found.effect).toEqual(found.relativeLift);
  expect(found.assumptions[1]).toMatchObject({ name: 'control mean far from 0', holds: true });
  const near = ok(compareArms(meanOf([-9, 1, 11]), meanOf([11, 12, 13]), { difference: 'relative' }));
  expect(near.assumptions[1]).toMatchObject({ holds: false, detail: expect.stringContaining('Fieller') });
  const below = ok(compareArms(meanOf([-9, -10, -11]), meanOf([-11, -12, -13]), { difference: 'relative' }));
  expect(below.effect.value).toBeCloseTo(0.2, 12);
  expect(below.notes).toEqual(['the control mean is negative: a positive lift is a decrease']);
});

test('a ratio whose denominator is 1 for everybody is a mean', () => {
  const [a, b] = [
    [1, 0, 3, 2],
    [2, 5, 1, 4, 4],
  ];
  const ones = (values: readonly number[]) => values.map(() => 1);
  const ratio = ok(compareArms(ratioOf(a, ones(a)), ratioOf(b, ones(b))));
  expect(ratio.pValue).toBeCloseTo(ok(compareArms(meanOf(a), meanOf(b))).pValue, 12);
});

test('Student equals Welch for arms of one size and spread; d is t by the sizes', () => {
  const [a, b] = [meanOf([1, 2, 3, 4]), meanOf([3, 4, 5, 6])];
  const student = ok(studentTest(a, b));
  expect(student).toMatchObject({ degreesOfFreedom: 6, method: 'Student t of means, pooled variance' });
  expect(student.pValue).toBeCloseTo(ok(compareArms(a, b)).pValue, 12);
  const found = ok(cohensD(a, b));
  expect(found.effect.value).toBeCloseTo(student.statistic * Math.sqrt(2 / 4), 12);
  // 1/4 + 1/4 + d²/16
  expect(found.effect.interval!.high! - found.effect.value).toBeCloseTo(
    1.959963984540054 * Math.sqrt(0.5 + 2.4 / 16),
    9,
  );
  expect(cohensD(meanOf([1]), meanOf([1, 2])).status).toBe('insufficient-data');
  expect(cohensD(meanOf([1, 1]), meanOf([1, 1])).status).toBe('no-variation');
});

test('far out p stays above 0 and its logarithm goes on', () => {
  const arm = (mean: number) => ({ kind: 'mean', n: 1_000, mean, m2: 999 }) as const;
  for (const law of ['student', 'normal'] as const) {
    const found = ok(compareArms(arm(0), arm(1e6), { law }));
    expect(found.pValue).toBe(Number.MIN_VALUE);
    expect(found.log10PValue).toBeLessThan(-1_000);
    expect(Number.isFinite(found.log10PValue)).toBe(true);
  }
});

test('nothing that is no number comes out, whatever goes in', () => {
  const options = fc.record({
    difference: fc.constantFrom('absolute', 'relative'),
    law: fc.constantFrom('student', 'normal'),
    alternative: fc.constantFrom('two-sided', 'greater', 'less'),
    alpha: fc.constantFrom(1e-12, 0.05, 0.999),
  });
  fc.assert(
    fc.property(wildSums, wildSums, options, (a, b, asked) => {
      if (a.kind !== b.kind) return;
      expect(unsound(compareArms(a, b, asked as never))).toEqual([]);
      expect(unsound(studentTest(a, b))).toEqual([]);
      expect(unsound(cohensD(a, b))).toEqual([]);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test('bad options are refused by name', () => {
  const arm = meanOf([1, 2, 3]);
  expect(() => compareArms(arm, arm, { alpha: 0 })).toThrow('alpha is 0');
  expect(() => compareArms(arm, arm, { difference: 'percent' as never })).toThrow('difference is "percent"');
  expect(() => compareArms(arm, arm, { law: 't' as never })).toThrow('law is "t"');
  expect(() => compareArms(arm, arm, { alternative: 'smaller' as never })).toThrow('alternative is "smaller"');
  expect(() => studentTest(arm, arm, { alpha: 1 })).toThrow('alpha is 1');
});
