import { experimentDuration, sampleSizeTwoProportions } from '../../../src/statistics/experiments';
import { ok } from './samples';

test('the arm that is complete last decides', () => {
  const { units } = ok(sampleSizeTwoProportions({ baseline: 0.1, minimumDetectableEffect: 0.02 }));
  expect(experimentDuration({ needed: units, dailyUnits: 1_000 })).toMatchObject({
    days: 8,
    weeks: 2,
    perDay: [500, 500],
  });
  const uneven = experimentDuration({ needed: units, dailyUnits: 1_000, shares: [0.9, 0.1] });
  expect(uneven).toMatchObject({ days: 39, lastArm: 1, perDay: [900, 100] });
  expect(uneven.exact).toBeCloseTo(38.41, 12);
  expect(experimentDuration({ needed: units, dailyUnits: 1_000, coverage: 0.5 })).toMatchObject({ days: 16 });
});

test('without shares arms end together; whole weeks need no note', () => {
  const found = experimentDuration({ needed: [100, 300], dailyUnits: 400 });
  expect(found).toMatchObject({ days: 1, perDay: [100, 300] });
  expect(found.notes).toEqual(['1 days are no whole weeks: weekdays would not be equally often in it']);
  expect(experimentDuration({ needed: [1_400, 1_400], dailyUnits: 400 })).toMatchObject({
    days: 7,
    weeks: 1,
    notes: [],
  });
  expect(experimentDuration({ needed: [0, 0], dailyUnits: 400 })).toMatchObject({ days: 0, exact: 0 });
});

test('plans that are none are refused by name', () => {
  const good = { needed: [10, 10], dailyUnits: 5 };
  expect(() => experimentDuration({ ...good, dailyUnits: 0 })).toThrow('dailyUnits is 0');
  expect(() => experimentDuration({ ...good, needed: [] })).toThrow('needed has 0 arms');
  expect(() => experimentDuration({ ...good, needed: [1.5] })).toThrow('needed[0] is 1.5');
  expect(() => experimentDuration({ ...good, coverage: 1.2 })).toThrow('coverage is 1.2');
  expect(() => experimentDuration({ ...good, coverage: 0 })).toThrow('coverage is 0');
  expect(() => experimentDuration({ ...good, shares: [0.5, 0.6] })).toThrow('shares sums to 1.1');
  expect(() => experimentDuration({ ...good, shares: [1] })).toThrow('shares has 1 shares');
  expect(() => experimentDuration({ ...good, dailyUnits: 1e-300 })).toThrow('dailyUnits is 1e-300');
});
