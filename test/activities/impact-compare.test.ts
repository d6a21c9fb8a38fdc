import { compareImpact, impactSampleRatio } from '../../activities/impact-compare';
import { IMPACT_METRICS } from '../../src/contracts';
import type { ImpactGroupSums, ImpactMetric, ImpactSums } from '../../src/contracts';
import { adjustedMeanOf, compareArms, meanOf, ratioOf } from '../../src/statistics';
import { impactSpec } from '../support/impact';
import { seeded } from '../support/streams';

interface User {
  readonly events: number;
  readonly clicks: number;
  readonly conversions: number;
  readonly orders: number;
  readonly revenue: number;
  readonly covariate: number;
  readonly seconds: number;
}

const PARTS: Readonly<Record<ImpactMetric, (user: User) => readonly [number, number]>> = {
  revenuePerUser: ({ revenue, covariate }) => [revenue, covariate],
  conversionRate: ({ conversions, events }) => [conversions, events],
  averageOrderValue: ({ revenue, orders }) => [revenue, orders],
  clickThroughRate: ({ clicks, events }) => [clicks, events],
  timeToConversion: ({ seconds, conversions }) => [seconds, conversions],
  repeatPurchaseRate: ({ orders }) => [Number(orders > 1), Number(orders > 0)],
};

/** Users who spend about what they spent before, and so much more. */
function people(count: number, more: number, seed: number): User[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => {
    const covariate = 50 + random() * 100;
    const events = 1 + Math.floor(random() * 5);
    const orders = Math.floor(random() * 3);
    const conversions = Math.min(events, orders);
    return {
      events,
      clicks: Math.floor(random() * (events + 1)),
      conversions,
      orders,
      revenue: orders === 0 ? 0 : covariate + more + random() * 10,
      covariate,
      seconds: conversions * 100 * (1 + random()),
    };
  });
}

function sumsOf(users: readonly User[]): ImpactGroupSums {
  const sum = (of: (user: User) => number) => users.reduce((total, user) => total + of(user), 0);
  const moments = (metric: ImpactMetric): ImpactSums => {
    const [y, x] = [(user: User) => PARTS[metric](user)[0], (user: User) => PARTS[metric](user)[1]];
    return {
      y: sum(y),
      yy: sum((user) => y(user) ** 2),
      x: sum(x),
      xx: sum((user) => x(user) ** 2),
      xy: sum((user) => x(user) * y(user)),
    };
  };
  return {
    totals: {
      users: users.length,
      events: sum(({ events }) => events),
      clicks: sum(({ clicks }) => clicks),
      conversions: sum(({ conversions }) => conversions),
      orders: sum(({ orders }) => orders),
      revenue: sum(({ revenue }) => revenue),
      secondsToConversion: sum(({ seconds }) => seconds),
      buyers: sum(({ orders }) => Number(orders > 0)),
      repeatBuyers: sum(({ orders }) => Number(orders > 1)),
    },
    metrics: Object.fromEntries(
      IMPACT_METRICS.map((metric) => [metric, moments(metric)]),
    ) as ImpactGroupSums['metrics'],
  };
}

const [control, treatment] = [people(300, 0, 1), people(900, 12, 2)];
const arms = { control: sumsOf(control), treatment: sumsOf(treatment) };
const spec = impactSpec('shop', { lookBack: '28d', minimumUsers: 100 });
const column = (users: readonly User[], metric: ImpactMetric, part: 0 | 1) =>
  users.map((user) => PARTS[metric](user)[part]);
const found = (metric: ImpactMetric, given = arms, change = {}) =>
  compareImpact(given, { ...spec, ...change }).find((each) => each.metric === metric)!;

test.each(IMPACT_METRICS.filter((metric) => metric !== 'revenuePerUser'))(
  '%s is a ratio whose units are users',
  (metric) => {
    const of = (users: readonly User[]) => ratioOf(column(users, metric, 0), column(users, metric, 1));
    const expected = compareArms(of(control), of(treatment));
    if (expected.status !== 'ok') throw new Error(expected.status);
    const result = found(metric);
    expect(result.difference!.value).toBeCloseTo(expected.effect.value, 9);
    expect(result.difference!.low).toBeCloseTo(expected.effect.interval!.low!, 9);
    expect(result.lift!.high).toBeCloseTo(expected.relativeLift!.interval!.high!, 9);
    expect(result.pValue).toBeCloseTo(expected.pValue, 9);
    expect(result.plain!.absoluteDifference).toBeCloseTo(expected.effect.value, 9);
    expect(result.treatment! - result.control!).toBeCloseTo(expected.effect.value, 9);
  },
);

test('revenue per user is adjusted by what was spent before, where a look-back is set', () => {
  const of = (users: readonly User[]) =>
    adjustedMeanOf(column(users, 'revenuePerUser', 0), column(users, 'revenuePerUser', 1));
  const expected = compareArms(of(control), of(treatment));
  if (expected.status !== 'ok') throw new Error(expected.status);
  const result = found('revenuePerUser');
  expect(result.difference!.value).toBeCloseTo(expected.effect.value, 7);
  expect(result.cuped).toMatchObject({ theta: expect.closeTo(expected.adjustment!.theta, 7) });
  expect(result.cuped!.varianceReduction).toBeGreaterThan(0.02);
  const plain = compareArms(
    meanOf(column(control, 'revenuePerUser', 0)),
    meanOf(column(treatment, 'revenuePerUser', 0)),
  );
  const without = found('revenuePerUser', arms, { lookBack: null });
  expect(without).toMatchObject({ cuped: null });
  expect(without.difference!.value).toBeCloseTo(plain.status === 'ok' ? plain.effect.value : Number.NaN, 9);
  const width = ({ difference }: typeof result) => difference!.high! - difference!.low!;
  expect(width(result)).toBeLessThan(width(without));
});

test.each([
  [0, 900, 'control-empty', 'control has no users'],
  [99, 900, 'control-too-small', 'control has 99 users, 100 are needed'],
  [300, 0, 'treatment-empty', 'treatment has no users'],
  [300, 99, 'treatment-too-small', 'treatment has 99 users, 100 are needed'],
])('%d against %d users: %s', (a, b, status, reason) => {
  const given = { control: sumsOf(control.slice(0, a)), treatment: sumsOf(treatment.slice(0, b)) };
  const result = found('revenuePerUser', given);
  expect(result).toMatchObject({ status, reason, plain: null, difference: null, lift: null, significant: false });
  expect(result.control).toBe(a === 0 ? null : given.control.totals.revenue / a);
});

test('what is told of orders asks for enough buyers, not for enough users', () => {
  const few = control.map((user, k) => (k < 99 ? { ...user, orders: 1 } : { ...user, orders: 0, revenue: 0 }));
  const given = { ...arms, control: sumsOf(few) };
  expect(found('averageOrderValue', given)).toMatchObject({
    status: 'control-too-small',
    reason: 'control has 99 users with an order, 100 are needed',
  });
  expect(found('conversionRate', given).status).toBe('ok');
});

test('without variation there is a value and no test', () => {
  const same = people(200, 0, 5).map((user) => ({ ...user, clicks: 0 }));
  const given = { control: sumsOf(same), treatment: sumsOf(same) };
  expect(found('clickThroughRate', given)).toMatchObject({
    control: 0,
    treatment: 0,
    plain: null,
    difference: null,
    significant: false,
  });
  expect(found('clickThroughRate', given).status).not.toBe('ok');
});

test('quicker is better', () => {
  const slow = treatment.map((user) => ({ ...user, seconds: user.seconds * 3 }));
  expect(found('timeToConversion', { ...arms, treatment: sumsOf(slow) })).toMatchObject({
    better: false,
    significant: true,
  });
});

test('only metrics that are asked for', () => {
  expect(compareImpact(arms, { ...spec, impactMetrics: ['conversionRate'] }).map(({ metric }) => metric)).toEqual([
    'conversionRate',
  ]);
});

test('groups of another size than planned', () => {
  expect(impactSampleRatio(arms, 0.25)).toBe(1);
  expect(impactSampleRatio(arms, 0.1)).toBeLessThan(1e-9);
  expect(impactSampleRatio({ control: sumsOf([]), treatment: sumsOf([]) }, 0.1)).toBeNull();
});
