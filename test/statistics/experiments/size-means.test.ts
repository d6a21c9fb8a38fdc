import fc from 'fast-check';
import { detectableEffectTwoMeans, powerTwoMeans, sampleSizeTwoMeans } from '../../../src/statistics/experiments';
import type { MeansFormula } from '../../../src/statistics/experiments';
import { compareArms, meanOf } from '../../../src/statistics/experiments';
import { normals, ok, unsound } from './samples';

const FORMULAS: MeansFormula[] = ['t', 'z', 'z-closed'];
const designs = fc.record({
  alpha: fc.constantFrom(0.2, 0.05, 0.001),
  power: fc.constantFrom(0.3, 0.8, 0.99),
  ratio: fc.constantFrom(0.1, 1, 5),
  sides: fc.constantFrom(1 as const, 2 as const),
  variants: fc.constantFrom(2, 4),
});

test.each(FORMULAS)('%s: size, power and effect lead to each other', (formula) => {
  fc.assert(
    fc.property(designs, fc.double({ min: 1e-4, max: 3, noNaN: true }), (design, effectSize) => {
      const asked = { ...design, formula };
      const size = ok(sampleSizeTwoMeans({ ...asked, effectSize }));
      const least = 3 / (1 + design.ratio);
      // A huge effect is found by fewer units than a variance can be judged by.
      if (formula === 't' && size.exact <= least * 1.000001) return;
      const { power, ...rest } = asked;
      expect(powerTwoMeans({ ...rest, effectSize, n: size.exact }).power).toBeCloseTo(power, 8);
      const found = ok(detectableEffectTwoMeans({ ...asked, n: size.exact }));
      expect(found.effect.standardised / effectSize).toBeCloseTo(1, 7);
      expect(unsound([size, found])).toEqual([]);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('power rises with the units and with the effect, from α to 1', () => {
  fc.assert(
    fc.property(
      designs,
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      fc.integer({ min: 5, max: 5_000 }),
      (design, effectSize, n) => {
        for (const formula of ['t', 'z'] as const) {
          const { power: _power, ...rest } = design;
          const at = (size: number, units: number) =>
            powerTwoMeans({ ...rest, formula, effectSize: size, n: units }).power;
          const units = n * Math.max(1, 1 / design.ratio);
          const here = at(effectSize, units);
          expect(here).toBeGreaterThanOrEqual((design.alpha / (design.variants - 1)) * (1 - 1e-9));
          expect(here).toBeLessThanOrEqual(1);
          expect(at(effectSize * 1.1, units)).toBeGreaterThanOrEqual(here - 1e-12);
          expect(at(effectSize, units * 1.1)).toBeGreaterThanOrEqual(here - 1e-12);
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('the sign of an effect does not matter, and stays in the answer', () => {
  const [up, down] = [ok(sampleSizeTwoMeans({ effectSize: 0.3 })), ok(sampleSizeTwoMeans({ effectSize: -0.3 }))];
  expect(down).toEqual({ ...up, effect: { ...up.effect, standardised: -0.3 } });
  expect(up.effect).toEqual({ absolute: null, relative: null, standardised: 0.3 });
});

test('the promised power is what a simulation finds', () => {
  const { control: n } = ok(sampleSizeTwoMeans({ effectSize: 0.8, sides: 1 }));
  const random = normals(23);
  const draw = (mean: number) => meanOf(Array.from({ length: n }, () => mean + random()));
  let finds = 0;
  for (let run = 0; run < 2_000; run += 1)
    if (ok(compareArms(draw(0), draw(0.8), { alternative: 'greater' })).significant) finds += 1;
  expect(Math.abs(finds / 2_000 - 0.8)).toBeLessThan(0.036);
});

test('extremes end: tiny and huge effects, a tiny α, a handful of units, more units than can be counted', () => {
  expect(sampleSizeTwoMeans({ effectSize: 1e-9 }).status).toBe('undefined');
  expect(ok(sampleSizeTwoMeans({ effectSize: 1e-6 })).exact).toBeGreaterThan(1e13);
  expect(ok(sampleSizeTwoMeans({ effectSize: 1e6 }))).toMatchObject({ exact: 1.5, control: 2, treatment: 2 });
  expect(unsound(sampleSizeTwoMeans({ effectSize: 0.5, alpha: 1e-12, power: 0.999999 }))).toEqual([]);
  expect(powerTwoMeans({ effectSize: 1, n: 1.5 }).power).toBeGreaterThan(0.05);
  expect(powerTwoMeans({ effectSize: 0.001, n: 1e12 }).power).toBe(1);
  expect(unsound(detectableEffectTwoMeans({ n: 1.5, alpha: 1e-6 }))).toEqual([]);
  expect(unsound(detectableEffectTwoMeans({ n: 1e300 }))).toEqual([]);
});

test('plans that are none are refused by name', () => {
  expect(() => sampleSizeTwoMeans({ effectSize: 0 })).toThrow('effectSize is 0');
  expect(() => sampleSizeTwoMeans({ effectSize: NaN })).toThrow('effectSize is NaN');
  expect(() => sampleSizeTwoMeans({ effectSize: 1, formula: 'f' as never })).toThrow('formula is "f"');
  expect(() => powerTwoMeans({ effectSize: 1, n: 1 })).toThrow(
    'n is 1: expected at least 3 units in both arms together',
  );
  expect(() => detectableEffectTwoMeans({ n: 0 })).toThrow('n is 0');
});
