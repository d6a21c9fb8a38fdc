import { variantAt } from '../../src/domain/assignment';
import { inNamespace } from '../../src/domain/exclusion';
import { hashUnit, hashVersion1 } from '../../src/domain/hash';
import cases from './growthbook-cases.json';

/** Less than the finest bucket. */
const TINY = 1e-9;

const named = (weights: readonly number[]) => weights.map((weight, index) => ({ name: `v${index}`, weight }));

test("the hashes are GrowthBook's, for any text", () => {
  for (const [seed, value, version, expected] of cases.hash as [string, string, number, number][])
    expect([seed, value, version, (version === 2 ? hashUnit : hashVersion1)(seed, value)]).toEqual([
      seed,
      value,
      version,
      expected,
    ]);
});

test('the two that its documentation names', () => {
  expect(hashUnit('seed', 'a')).toBe(0.0505);
  expect(hashVersion1('', 'a')).toBe(0.22);
});

test("the ranges are GrowthBook's: half-open, fixed starts, lengths by coverage", () => {
  for (const [weights, coverage, ranges] of cases.ranges as [number[], number, [number, number][]][]) {
    const at = (place: number) => variantAt(place, named(weights), coverage);
    ranges.forEach(([from, to], index) => {
      const inside = to > from;
      expect([weights, coverage, at(from)]).toEqual([weights, coverage, inside ? index : -1]);
      if (inside) expect(at(to - TINY)).toBe(index);
      expect(at(to + TINY)).not.toBe(index);
    });
  }
});

test("a place is in GrowthBook's variation", () => {
  for (const [place, weights, coverage, expected] of cases.variation as [number, number[], number, number][])
    expect([place, weights, coverage, variantAt(place, named(weights), coverage)]).toEqual([
      place,
      weights,
      coverage,
      expected,
    ]);
});

test("a unit is in a namespace's part as GrowthBook has it", () => {
  for (const [unit, name, from, to, expected] of cases.namespace as [string, string, number, number, boolean][])
    expect([unit, name, from, to, inNamespace({ name, range: [from, to] }, unit)]).toEqual([
      unit,
      name,
      from,
      to,
      expected,
    ]);
});
