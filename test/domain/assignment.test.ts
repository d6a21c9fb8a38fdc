import fc from 'fast-check';
import type { AssignableExperiment, Assignment, Attributes } from '../../src/contracts';
import { assign, assignVariant, dependsOnSticky, hashUnit } from '../../src/domain/assignment';
import { isHeldOut } from '../../src/domain/exclusion';
import { routeTraffic } from '../../src/domain/routing';
import { running } from '../support/designs';
import { serving } from '../support/specs';

const half = [
  { name: 'champion', weight: 0.5 },
  { name: 'challenger', weight: 0.5 },
];

test("the hash is GrowthBook's, version 2", () => {
  expect(hashUnit('seed', 'a')).toBe(0.0505);
  expect(hashUnit('seed', 'a')).toBe(hashUnit('seed', 'a'));
});

test('a hash lies in [0, 1)', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, unit) => hashUnit(seed, unit) >= 0 && hashUnit(seed, unit) < 1),
  );
});

test('half and half is half and half, and another seed divides otherwise', () => {
  const arms = (seed: string) =>
    Array.from({ length: 20_000 }, (_, id) => assignVariant({ seed, unit: `p${id}`, variants: half }));
  const [one, two] = [arms('s-1'), arms('s-2')];
  const share = one.filter((arm) => arm === 'challenger').length / one.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.015);
  const same = one.filter((arm, index) => arm === two[index]).length / one.length;
  expect(Math.abs(same - 0.5)).toBeLessThan(0.015);
});

test('more coverage adds units to a variant and moves none to another', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (unit, coverage) => {
      const before = assignVariant({ seed: 's', unit, variants: half, coverage });
      return before === null || before === assignVariant({ seed: 's', unit, variants: half });
    }),
  );
});

describe('assign', () => {
  const units = Array.from({ length: 4_000 }, (_, index) => `u${index}`);
  const where = (experiment: AssignableExperiment, unit: string, attributes: Attributes = {}, sticky?: string | null) =>
    nameOf(assign(experiment, unit, attributes, sticky));
  const nameOf = (answer: Assignment) =>
    answer.variant === null ? answer.reason : `${answer.variant} by ${answer.by}`;
  const unitIn = (experiment: AssignableExperiment, variant: string) =>
    units.find((unit) => assign(experiment, unit, {}).variant === variant)!;

  test('the whole answer: experiment, unit, variant with its place and version', () => {
    const experiment = running({
      variants: [
        { name: 'A', weight: 0.5, version: 3 },
        { name: 'B', weight: 0.5, version: 4 },
      ],
    });
    const unit = unitIn(experiment, 'B');
    const expected = { experiment: 'checkout', unit, variant: 'B', index: 1, version: 4, by: 'hash' };
    expect(assign(experiment, unit, {})).toEqual(expected);
    expect(assign(running(), unit, {})).toMatchObject({ version: null });
    expect(assign(running({}, { running: false }), unit, {})).toEqual({
      experiment: 'checkout',
      unit,
      variant: null,
      reason: 'not-running',
    });
  });

  test('the first that applies is the answer', () => {
    const only = (value: string) => [{ attribute: 'country', operator: 'is' as const, value }];
    const variants = [
      { name: 'A', weight: 0.5, force: ['tester'] },
      { name: 'B', weight: 0.5 },
    ];
    const holdout = { name: 'q3', share: 0.5 };
    const held = units.find((unit) => isHeldOut(holdout, unit))!;
    const elsewhere = { name: 'n', range: [0.999, 1] as const };
    const nobody = running(
      { variants, holdout, namespace: elsewhere, eligibility: only('DE') },
      { coverage: 1e-9, dropped: ['A', 'B'] },
    );
    expect(where({ ...nobody, running: false }, 'tester', {}, 'B')).toBe('not-running');
    expect(where(nobody, 'tester', {}, 'B')).toBe('A by forced');
    expect(where(nobody, held, { country: 'FR' }, 'B')).toBe('B by sticky');
    expect(where(nobody, held, { country: 'FR' })).toBe('not-eligible');
    expect(where(nobody, held, { country: 'DE' })).toBe('held-out');
    const outside = units.find((unit) => !isHeldOut(holdout, unit))!;
    expect(where(nobody, outside, { country: 'DE' })).toBe('other-namespace');
    expect(where(running({ variants }, { coverage: 1e-9, dropped: ['A', 'B'] }), outside)).toBe('not-covered');
    expect(where(running({ variants }, { dropped: ['A', 'B'] }), outside)).toBe('dropped');
    expect(where(running({ variants }), outside)).toMatch(/^[AB] by hash$/);
  });

  test('a variant that was dropped keeps who met it and takes nobody new; the others stay as they are', () => {
    const [before, after] = [running(), running({}, { dropped: ['B'] })];
    for (const unit of units.slice(0, 500)) {
      const met = assign(before, unit, {}).variant;
      expect(assign(after, unit, {}).variant).toBe(met === 'A' ? 'A' : null);
      expect(assign(after, unit, {}, met).variant).toBe(met);
    }
  });

  test('what a unit met counts only where the design is sticky and still has the variant', () => {
    const experiment = running({}, { dropped: ['B'] });
    const unit = unitIn(running(), 'B');
    expect(where(experiment, unit, {}, 'B')).toBe('B by sticky');
    expect(where(running({ sticky: false }, { dropped: ['B'] }), unit, {}, 'B')).toBe('dropped');
    expect(where(experiment, unit, {}, 'C')).toBe('dropped');
  });

  test('a ramp moves no unit, whatever the weights, and adds units at every step', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 16 });
    const steps = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(weights, steps, fc.string(), (parts, coverages, seed) => {
        const sum = parts.reduce((a, b) => a + b, 0);
        const variants = parts.map((part, index) => ({ name: `v${index}`, weight: part / sum }));
        const experiment = running({ seed, variants });
        const ramp = [...coverages].sort((a, b) => a - b).concat(1);
        return units.slice(0, 200).every((unit) => {
          const met = ramp.map((coverage) => assign({ ...experiment, coverage }, unit, {}).variant);
          // Nothing for a while, then one variant to the end; at full coverage nobody is left out.
          const first = met.findIndex((variant) => variant !== null);
          return first !== -1 && met.slice(first).every((variant) => variant === met[first]);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('experiments that name one holdout hold out the same units, and no others', () => {
    const holdout = { name: 'q3', share: 0.1 };
    const [one, two] = ['one', 'two'].map((id) => running({ id, holdout }));
    for (const unit of units) {
      const expected = isHeldOut(holdout, unit) ? 'held-out' : expect.stringMatching(/by hash$/);
      expect([where(one!, unit), where(two!, unit)]).toEqual([expected, expected]);
    }
  });

  test('units may be anything printable', () => {
    for (const unit of ['用户', '🙂', 'a b', '__proto__', 'constructor', "'; drop", 'x'.repeat(200)])
      expect(where(running(), unit)).toMatch(/^[AB] by hash$/);
  });

  test('whether it matters what a unit met: only where it lost a variant that the hash gives', () => {
    const eligibility = [{ attribute: 'country', operator: 'is' as const, value: 'DE' }];
    const matters = (experiment: AssignableExperiment, unit: string, attributes: Attributes = {}) =>
      dependsOnSticky(experiment, assign(experiment, unit, attributes));
    const [inB, covered] = [unitIn(running(), 'B'), unitIn(running({}, { coverage: 0.1 }), 'A')];
    expect(matters(running(), inB)).toBe(false);
    expect(matters(running({}, { dropped: ['B'] }), inB)).toBe(true);
    expect(matters(running({}, { dropped: ['A'] }), inB)).toBe(false);
    expect(matters(running({ sticky: false }, { dropped: ['B'] }), inB)).toBe(false);
    expect(matters(running({}, { running: false, dropped: ['B'] }), inB)).toBe(false);
    expect(matters(running({ eligibility }, { coverage: 0.1 }), covered, { country: 'DE' })).toBe(false);
    expect(matters(running({ eligibility }, { coverage: 0.1 }), covered)).toBe(true);
    // Never covered by the ramp, so it cannot have met a variant.
    const left = units.find((unit) => where(running({}, { coverage: 0.1 }), unit) === 'not-covered')!;
    expect(matters(running({ eligibility }, { coverage: 0.1 }), left)).toBe(false);
  });

  test('where it does not matter, no variant that the hash ever gave would change the answer', () => {
    const eligibility = [{ attribute: 'age', operator: 'atLeast' as const, value: 18 }];
    const state = fc.record({
      age: fc.integer({ min: 10, max: 30 }),
      coverage: fc.double({ min: 0.01, max: 1, noNaN: true }),
      dropped: fc.subarray(['A', 'B']),
      unit: fc.string({ minLength: 1 }),
    });
    fc.assert(
      fc.property(state, ({ age, coverage, dropped, unit }) => {
        const now = running({ eligibility }, { coverage, dropped });
        const answer = assign(now, unit, { age });
        // At its best: eligible, before anything was dropped, at the coverage of now.
        const met = assign(running({ eligibility }, { coverage }), unit, { age: 18 }).variant;
        const changed = met !== null && assign(now, unit, { age }, met).variant !== answer.variant;
        return changed === dependsOnSticky(now, answer);
      }),
    );
  });
});

describe('routing', () => {
  const split = { experiment: 'e', seed: 's', unit: 'predictionId' as const, allocation: 0.3 };

  test('without a split the champion serves', () => {
    expect(routeTraffic(serving(), { predictionId: 'p' })).toBe(2);
  });

  test('the champion has [0, 1 − allocation), the challenger the rest', () => {
    const state = serving({ challenger: 3, split });
    for (let id = 0; id < 2_000; id += 1) {
      const expected = hashUnit('s', `p${id}`) < 0.7 ? 2 : 3;
      expect(routeTraffic(state, { predictionId: `p${id}` })).toBe(expected);
    }
  });

  test('by unit, all rows of a unit are served alike', () => {
    const state = serving({ challenger: 3, split: { ...split, unit: 'unit' } });
    const versions = Array.from({ length: 50 }, (_, id) => routeTraffic(state, { predictionId: `p${id}`, unit: 'u7' }));
    expect(new Set(versions).size).toBe(1);
  });
});
