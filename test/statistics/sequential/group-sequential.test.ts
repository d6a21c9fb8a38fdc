import { groupSequentialBounds } from '../../../src/statistics';
import { crossingByGrid } from './grid';

/** Jennison & Turnbull (2000): looks, then the constant at α .01, .05, .1. */
const POCOCK = [
  [1, 2.576, 1.96, 1.645],
  [2, 2.772, 2.178, 1.875],
  [3, 2.873, 2.289, 1.992],
  [4, 2.939, 2.361, 2.067],
  [5, 2.986, 2.413, 2.122],
  [8, 3.078, 2.512, 2.225],
  [10, 3.117, 2.555, 2.27],
  [20, 3.225, 2.672, 2.392],
] as const;
const OBRIEN_FLEMING = [
  [1, 2.576, 1.96, 1.645],
  [2, 2.58, 1.977, 1.678],
  [3, 2.595, 2.004, 1.71],
  [4, 2.609, 2.024, 1.733],
  [5, 2.621, 2.04, 1.751],
  [8, 2.648, 2.072, 1.786],
  [10, 2.66, 2.087, 1.801],
  [20, 2.695, 2.126, 1.842],
] as const;
const ALPHAS = [0.01, 0.05, 0.1];

describe.each([
  ['pocock', POCOCK],
  ['obrien-fleming', OBRIEN_FLEMING],
] as const)('%s', (design, table) => {
  test.each(table)('%d looks: the constants of the published table', (looks, ...constants) => {
    const found = ALPHAS.map((alpha) => groupSequentialBounds({ looks, design, alpha }).constant);
    found.forEach((constant, index) => expect(Math.abs(constant - constants[index]!)).toBeLessThanOrEqual(0.0005));
  });

  test.each([1, 2] as const)('sides %d: α is spent in full and by another integration as well', (sides) => {
    const { bounds, spent } = groupSequentialBounds({ looks: 4, design, alpha: 0.05, sides });
    const grid = crossingByGrid(bounds, [1, 2, 3, 4], sides);
    grid.forEach((crossed, index) => expect(Math.abs(crossed - spent[index]!)).toBeLessThan(1e-6));
    expect(Math.abs(spent[3]! - 0.05)).toBeLessThan(1e-12);
  });

  test('more looks, a higher constant; a lower α as well', () => {
    const constants = [1, 2, 3, 5, 8, 28].map((looks) => groupSequentialBounds({ looks, design }).constant);
    expect([...constants].sort((a, b) => a - b)).toEqual(constants);
    expect(groupSequentialBounds({ looks: 5, design, alpha: 0.001 }).constant).toBeGreaterThan(constants[3]!);
  });
});

test('one side of α is nearly two sides of 2α', () => {
  const one = groupSequentialBounds({ looks: 5, alpha: 0.025, sides: 1, design: 'pocock' });
  expect(one.constant).toBeCloseTo(2.41318, 5);
  expect(one.nominalP[0]! * 2).toBeCloseTo(groupSequentialBounds({ looks: 5, design: 'pocock' }).nominalP[0]!, 5);
});

test('the shapes: one z for all looks, or z falling as √(K/k)', () => {
  expect(new Set(groupSequentialBounds({ looks: 6, design: 'pocock' }).bounds).size).toBe(1);
  const { bounds, constant } = groupSequentialBounds({ looks: 4 });
  expect(bounds[0]).toBeCloseTo(2 * constant, 12);
  expect(bounds[3]).toBeCloseTo(constant, 12);
});

test('extreme α still has finite bounds', () => {
  for (const alpha of [1e-12, 0.5, 0.999]) {
    for (const sides of [1, 2] as const) {
      const { bounds, spent } = groupSequentialBounds({ looks: 3, alpha, sides });
      expect(bounds.every(Number.isFinite)).toBe(true);
      expect(spent[2]! / alpha).toBeCloseTo(1, 9);
    }
  }
});

test.each([
  ['looks is 0', { looks: 0 }],
  ['looks is 2.5', { looks: 2.5 }],
  ['looks is 367', { looks: 367 }],
  ['alpha is 1', { looks: 2, alpha: 1 }],
  ['sides is 0', { looks: 2, sides: 0 as never }],
  ['design is "wang"', { looks: 2, design: 'wang' as never }],
])('%s', (message, plan) => {
  expect(() => groupSequentialBounds(plan)).toThrow(message);
});
