import fc from 'fast-check';
import { assignVariant, hashUnit } from '../../src/domain/assignment';
import { routeTraffic } from '../../src/domain/routing';
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
