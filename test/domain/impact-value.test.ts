import { additionalRevenue, cumulated, impactValues, liftOf, valueAgainst } from '../../src/domain/impact-value';

const totals = {
  users: 20,
  events: 50,
  clicks: 10,
  conversions: 8,
  orders: 10,
  revenue: 200,
  secondsToConversion: 4_000,
  buyers: 5,
  repeatBuyers: 2,
};

test('six values of a group', () => {
  expect(impactValues(totals)).toEqual({
    revenuePerUser: 10,
    conversionRate: 0.16,
    averageOrderValue: 20,
    clickThroughRate: 0.2,
    timeToConversion: 500,
    repeatPurchaseRate: 0.4,
  });
});

test('nothing is divided by nothing', () => {
  const nobody = Object.fromEntries(Object.keys(totals).map((name) => [name, 0])) as typeof totals;
  expect(Object.values(impactValues(nobody))).toEqual(Array(6).fill(null));
});

test.each([
  [5, 0],
  [5, -2],
  [null, 3],
  [3, null],
])('of %j over %j there is no lift', (treatment, control) => expect(liftOf(treatment, control)).toBeNull());

test('lift in per cent and as a difference', () => {
  expect(liftOf(12.5, 10)).toEqual({
    treatmentValue: 12.5,
    controlValue: 10,
    liftPercentage: 25,
    absoluteDifference: 2.5,
  });
});

test('additional revenue has the interval of the difference, times the treated users', () => {
  const perUser = { value: 2.5, low: -1, high: 6 };
  expect(additionalRevenue(perUser, 1_000)).toEqual({
    value: 2_500,
    low: -1_000,
    high: 6_000,
    treatedUsers: 1_000,
    perUser,
  });
});

test.each([
  [null, [1, 2, 3], 'no-business-case', null],
  [100, null, 'not-measurable', null],
  [100, [90, 50, 99], 'below', 0.9],
  [100, [90, 50, 100], 'in-line', 0.9],
  [100, [150, 101, 200], 'above', 1.5],
  [0, [150, 101, 200], 'above', null],
] as const)('expected %j, realised %j: %s', (expected, realised, status, share) => {
  const revenue =
    realised === null
      ? null
      : {
          value: realised[0],
          low: realised[1],
          high: realised[2],
          treatedUsers: 1,
          perUser: { value: 0, low: 0, high: 0 },
        };
  expect(valueAgainst(expected, revenue)).toMatchObject({ status, share, expected });
});

test('months add up with a band that does not shrink; one that cannot be told adds nothing', () => {
  expect(cumulated([{ value: 10, low: 5, high: 15 }, null, { value: -2, low: -10, high: 6 }])).toEqual([
    { value: 10, low: 5, high: 15 },
    { value: 10, low: 5, high: 15 },
    { value: 8, low: -5, high: 21 },
  ]);
});
