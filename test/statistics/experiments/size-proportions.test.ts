import fc from 'fast-check';
import {
  detectableEffectTwoProportions,
  powerTwoProportions,
  sampleSizeTwoProportions,
} from '../../../src/statistics/experiments';
import type { ProportionsFormula } from '../../../src/statistics/experiments';
import { seeded } from '../../../src/cli/random';
import { twoProportionZTest } from '../../../src/statistics/experiments';
import { ok, unsound } from './samples';

const FORMULAS: ProportionsFormula[] = ['fleiss', 'unpooled', 'cohen-h', 'cohen-h-closed'];
const designs = fc.record({
  alpha: fc.constantFrom(0.2, 0.05, 0.001),
  power: fc.constantFrom(0.5, 0.8, 0.99),
  ratio: fc.constantFrom(0.1, 1, 5),
  sides: fc.constantFrom(1 as const, 2 as const),
  variants: fc.constantFrom(2, 4),
});
const baselines = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true });

test.each(FORMULAS)('%s: size, power and effect lead to each other', (formula) => {
  fc.assert(
    fc.property(
      designs,
      baselines,
      fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
      fc.boolean(),
      (design, baseline, share, up) => {
        const effect = up ? share * (1 - baseline) : -share * baseline;
        const asked = { ...design, baseline, formula };
        const size = sampleSizeTwoProportions({ ...asked, minimumDetectableEffect: effect });
        if (size.status !== 'ok') return;
        const n = size.exact;
        const { power, ...rest } = asked;
        expect(powerTwoProportions({ ...rest, minimumDetectableEffect: effect, n }).power).toBeCloseTo(power, 9);
        const direction = up ? 'increase' : 'decrease';
        const found = ok(detectableEffectTwoProportions({ ...asked, n, direction }));
        expect(found.effect.absolute! / effect).toBeCloseTo(1, 9);
        expect(unsound([size, found])).toEqual([]);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test.each(FORMULAS)('%s: more units find smaller effects, larger effects need fewer units', (formula) => {
  fc.assert(
    fc.property(designs, baselines, fc.double({ min: 10, max: 1e9, noNaN: true }), (design, baseline, n) => {
      const asked = { ...design, baseline, formula };
      const [few, many] = [n, 1.01 * n].map((units) => detectableEffectTwoProportions({ ...asked, n: units }));
      if (few!.status === 'ok' && many!.status === 'ok') {
        expect(many!.effect.absolute!).toBeLessThan(few!.effect.absolute!);
        const larger = few!.effect.absolute! * 1.01;
        if (baseline + larger < 1)
          expect(ok(sampleSizeTwoProportions({ ...asked, minimumDetectableEffect: larger })).exact).toBeLessThan(n);
      } else expect(few!.status).toBe('undefined');
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('an effect that no proportion can have is undefined, never a loop or NaN', () => {
  expect(detectableEffectTwoProportions({ baseline: 0.98, n: 10 })).toMatchObject({ status: 'undefined' });
  expect(detectableEffectTwoProportions({ baseline: 0.98, n: 10, direction: 'decrease' }).status).toBe('ok');
  for (const n of [1e-300, 1, 1e15, 1e300])
    for (const formula of FORMULAS) {
      const found = detectableEffectTwoProportions({ baseline: 0.4, n, formula });
      expect(unsound(found)).toEqual([]);
      if (n >= 1e15) expect(ok(found).effect.absolute!).toBeGreaterThan(0);
    }
  expect(sampleSizeTwoProportions({ baseline: 0.1, minimumDetectableEffect: 1e-300 }).status).toBe('undefined');
});

test('the effect is relative, .05, unless it is given', () => {
  const found = ok(sampleSizeTwoProportions({ baseline: 0.2 }));
  expect(found).toEqual(ok(sampleSizeTwoProportions({ baseline: 0.2, relativeEffect: 0.05 })));
  expect(found.effect.absolute).toBeCloseTo(0.01, 15);
  expect(found).toMatchObject({ power: 0.8, alphaPerComparison: 0.05, method: expect.stringContaining('Fleiss') });
  expect(found.formula).toContain('n = ');
});

test('more variants share α, and every arm is counted', () => {
  const found = ok(sampleSizeTwoProportions({ baseline: 0.1, minimumDetectableEffect: 0.02, variants: 3, ratio: 2 }));
  expect(found.alphaPerComparison).toBe(0.025);
  expect(found.units).toEqual([found.control, found.treatment, found.treatment]);
  expect(found.total).toBe(found.control + 2 * found.treatment);
  expect(found.treatment).toBe(Math.ceil(2 * found.exact));
});

test('the promised power is what a simulation finds', () => {
  const { control: n } = ok(sampleSizeTwoProportions({ baseline: 0.3, minimumDetectableEffect: 0.1 }));
  const random = seeded(17);
  const draw = (p: number) => {
    let successes = 0;
    for (let row = 0; row < n; row += 1) if (random() < p) successes += 1;
    return { n, successes };
  };
  let finds = 0;
  for (let run = 0; run < 2_000; run += 1) if (ok(twoProportionZTest(draw(0.3), draw(0.4))).significant) finds += 1;
  // Four standard errors of a share of .8 among 2 000.
  expect(Math.abs(finds / 2_000 - 0.8)).toBeLessThan(0.036);
});

test('plans that are none are refused by name', () => {
  const good = { baseline: 0.1, minimumDetectableEffect: 0.02 };
  expect(() => sampleSizeTwoProportions({ ...good, minimumDetectableEffect: 0 })).toThrow(
    'minimumDetectableEffect is 0',
  );
  expect(() => sampleSizeTwoProportions({ baseline: 0.1, relativeEffect: 0 })).toThrow('relativeEffect is 0');
  expect(() => sampleSizeTwoProportions({ ...good, relativeEffect: 0.1 })).toThrow('are both given');
  expect(() => sampleSizeTwoProportions({ baseline: 0.98, minimumDetectableEffect: 0.05 })).toThrow(
    'minimumDetectableEffect is 0.05',
  );
  expect(() => sampleSizeTwoProportions({ ...good, baseline: 0 })).toThrow('baseline is 0');
  expect(() => sampleSizeTwoProportions({ ...good, baseline: NaN })).toThrow('baseline is NaN');
  expect(() => sampleSizeTwoProportions({ ...good, alpha: 0 })).toThrow('alpha is 0');
  expect(() => sampleSizeTwoProportions({ ...good, power: 1 })).toThrow('power is 1');
  expect(() => sampleSizeTwoProportions({ ...good, power: 0.01 })).toThrow('power is 0.01: expected more than alpha');
  expect(() => sampleSizeTwoProportions({ ...good, ratio: 0 })).toThrow('ratio is 0');
  expect(() => sampleSizeTwoProportions({ ...good, sides: 3 as never })).toThrow('sides is 3');
  expect(() => sampleSizeTwoProportions({ ...good, variants: 1 })).toThrow('variants is 1');
  expect(() => sampleSizeTwoProportions({ ...good, formula: 'x' as never })).toThrow('formula is "x"');
  expect(() => powerTwoProportions({ ...good, n: 0 })).toThrow('n is 0');
  expect(() => detectableEffectTwoProportions({ baseline: 0.1, n: -1 })).toThrow('n is -1');
  expect(() => detectableEffectTwoProportions({ baseline: 0.1, n: 9, direction: 'up' as never })).toThrow(
    'direction is "up"',
  );
});
