import fc from 'fast-check';
import { compareArms, meanOf, nonInferiority } from '../../../src/statistics/experiments';
import { ok, unsound, wildSums } from './samples';

const arm = (mean: number, n = 101) => ({ kind: 'mean', n, mean, m2: n - 1 }) as const;

test('it is the one-sided test against the margin, on the side of the loss', () => {
  const [control, treatment] = [arm(10), arm(9.9)];
  const found = ok(nonInferiority(control, treatment, { margin: 0.5, direction: 'higher-is-better' }));
  const shifted = ok(compareArms(control, arm(10.4), { alternative: 'greater' }));
  expect(found.pValue).toBeCloseTo(shifted.pValue, 12);
  expect(found).toMatchObject({ alternative: 'greater', margin: 0.5, effect: { interval: { high: null } } });
  expect(found.effect.value).toBeCloseTo(-0.1, 12);
  const mirrored = ok(nonInferiority(arm(-10), arm(-9.9), { margin: 0.5, direction: 'lower-is-better' }));
  expect(mirrored.pValue).toBeCloseTo(found.pValue, 12);
  expect(mirrored.statistic).toBeCloseTo(-found.statistic, 12);
  expect(mirrored).toMatchObject({ alternative: 'less', effect: { interval: { low: null } } });
});

test('shown at α exactly when the interval ends before the margin', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (shift, margin) => {
        for (const direction of ['higher-is-better', 'lower-is-better'] as const) {
          const found = ok(nonInferiority(arm(10), arm(10 + shift), { margin, direction }));
          if (Math.abs(found.pValue - 0.05) < 1e-9) continue;
          const { low, high } = found.effect.interval!;
          expect(found.significant).toBe(direction === 'higher-is-better' ? low! > -margin : high! < margin);
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('a relative margin needs a control mean above 0', () => {
  const plan = { margin: 0.05, direction: 'higher-is-better', difference: 'relative' } as const;
  expect(ok(nonInferiority(arm(10), arm(9.9), plan)).effect.name).toBe('relative lift');
  expect(nonInferiority(arm(-10), arm(-9.9), plan)).toMatchObject({ status: 'undefined' });
  expect(nonInferiority(arm(0), arm(1), plan).status).toBe('undefined');
});

test('statuses, refusals, and no NaN whatever goes in', () => {
  const plan = { margin: 1, direction: 'higher-is-better' } as const;
  expect(nonInferiority(meanOf([1]), meanOf([1, 2]), plan).status).toBe('insufficient-data');
  expect(nonInferiority(meanOf([1, 1]), meanOf([1, 1]), plan).status).toBe('no-variation');
  expect(() => nonInferiority(arm(1), arm(1), { ...plan, margin: 0 })).toThrow('margin is 0');
  expect(() => nonInferiority(arm(1), arm(1), { ...plan, direction: 'up' as never })).toThrow('direction is "up"');
  expect(() => nonInferiority(arm(1), arm(1), { ...plan, difference: 'x' as never })).toThrow('difference is "x"');
  expect(() => nonInferiority(arm(1), arm(1), { ...plan, alpha: 7 })).toThrow('alpha is 7');
  fc.assert(
    fc.property(wildSums, wildSums, fc.constantFrom('absolute', 'relative'), (a, b, difference) => {
      if (a.kind === b.kind) expect(unsound(nonInferiority(a, b, { ...plan, difference }))).toEqual([]);
    }),
    { seed: 1, numRuns: 500 },
  );
});
