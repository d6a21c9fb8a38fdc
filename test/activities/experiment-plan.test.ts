import { planOfDesign } from '../../activities/experiment-plan';
import type { Measured } from '../../activities/experiment-plan';
import { sampleSizeForMetric, sampleSizeTwoProportions } from '../../src/statistics';
import { designOf } from '../support/design-input';

const event = { kind: 'event', event: 'order' } as const;
const orders = { name: 'orders', role: 'success', type: 'proportion', source: event } as const;
const revenue = { name: 'revenue', role: 'success', type: 'mean', source: event } as const;

function measured(unitsPerDay: number | null, baselines: Record<string, { mean: number; sd: number }> = {}): Measured {
  return { unitsPerDay, baselines: new Map(Object.entries(baselines)) };
}
const known = { orders: { mean: 0.1, sd: 0.3 }, revenue: { mean: 20, sd: 50 } };

test('shares by Fleiss, means by z, from what was measured', () => {
  const plan = planOfDesign(designOf({ metrics: [orders, revenue] }), measured(10_000, known));
  const size = sampleSizeTwoProportions({ baseline: 0.1, relativeEffect: 0.05 });
  const spread = sampleSizeForMetric({ metric: { mean: 20, variance: 2_500 }, relativeEffect: 0.05 });
  expect(size).toMatchObject({ status: 'ok', control: 57_763 });
  expect(plan.metrics).toMatchObject([
    { metric: 'orders', baseline: 0.1, unitsPerArm: 57_763 },
    { metric: 'revenue', baseline: 20, unitsPerArm: spread.status === 'ok' && spread.control },
  ]);
  expect(plan).toMatchObject({ looks: 4, unitsPerDay: 10_000, warnings: [] });
  // 140 000 units per arm come in 28 days.
  expect(plan.metrics[0]!.detectableEffect).toBeCloseTo(0.0321, 3);
  expect(plan.daysNeeded).toBe(Math.ceil(57_763 / 5_000));
  expect(plan.notes!.join()).toContain('Fleiss');
});

test('the smallest arm must have enough, at α over the comparisons', () => {
  const variants = ['A', 'B', 'C'].map((name, index) => ({ name, weight: [0.5, 0.3, 0.2][index]! }));
  const plan = planOfDesign(designOf({ metrics: [orders], variants }), measured(10_000, known));
  const size = sampleSizeTwoProportions({ baseline: 0.1, relativeEffect: 0.05, variants: 3 });
  const needed = size.status === 'ok' ? size.control : NaN;
  expect(plan.metrics[0]!.unitsPerArm).toBe(needed);
  expect(plan.daysNeeded).toBe(Math.ceil(needed / 2_000));
  expect(plan.warnings.join()).toContain(
    `about 56000 units are expected in the smallest arm by the end, ${needed} are`,
  );
});

test('a ramp, an allocation, a namespace and a holdout let fewer in', () => {
  const design = designOf({
    metrics: [orders],
    ramp: [{ coverage: 0.1, hold: '10d' }],
    allocation: 0.8,
    namespace: { name: 'cart', range: [0, 0.5] },
    holdout: { name: 'nobody', share: 0.2 },
  });
  const plan = planOfDesign(design, measured(10_000, known));
  // .5 · .8 of (10 d · .1 + 18 d · .8) · 10 000, half of it a side.
  expect(plan.warnings.join()).toContain('about 30800 units');
  // 1 day's worth in the first ten days, 28.88 in all, each day after it brings .8.
  expect(plan.daysNeeded).toBe(10 + Math.ceil((57_763 / 2_000 - 1) / 0.8));
});

test('what is declared stands where nothing was measured, and goes behind what was', () => {
  const declared = { ...orders, baseline: { mean: 0.5 } };
  const unitsPerArm = (from: Measured) => planOfDesign(designOf({ metrics: [declared] }), from).metrics[0]!;
  expect(unitsPerArm(measured(null))).toMatchObject({ baseline: 0.5, detectableEffect: null });
  expect(unitsPerArm(measured(null, known)).baseline).toBe(0.1);
});

test('a metric without a baseline is a warning, and the others are planned', () => {
  const plan = planOfDesign(designOf({ metrics: [orders, revenue] }), measured(10_000, { orders: known.orders }));
  expect(plan.metrics[1]).toEqual({ metric: 'revenue', baseline: null, unitsPerArm: null, detectableEffect: null });
  expect(plan.metrics[0]!.unitsPerArm).toBe(57_763);
  expect(plan.daysNeeded).not.toBeNull();
  expect(plan.warnings).toEqual([
    'revenue has no baseline, measured or declared: nothing says how many units it needs',
  ]);
});

test.each([
  [orders, { mean: 0, sd: 0 }],
  [orders, { mean: 1, sd: 0 }],
  [revenue, { mean: 0, sd: 3 }],
  [revenue, { mean: 3, sd: 0 }],
])('a baseline that no size follows from is a warning: %o %o', (metric, baseline) => {
  const plan = planOfDesign(designOf({ metrics: [metric] }), measured(100, { [metric.name]: baseline }));
  expect(plan.metrics[0]).toMatchObject({ baseline: baseline.mean, unitsPerArm: null, detectableEffect: null });
  expect(plan.warnings[0]).toContain(`${metric.name} has the baseline ${baseline.mean}`);
  expect(plan.daysNeeded).toBeNull();
});

test('a baseline near 1 looks for a decrease', () => {
  const plan = planOfDesign(designOf({ metrics: [orders] }), measured(100, { orders: { mean: 0.98, sd: 0.14 } }));
  expect(plan.metrics[0]!.unitsPerArm).toBeGreaterThan(0);
});

test('guardrails and secondary metrics are not sized', () => {
  const guard = { ...revenue, name: 'errors', role: 'guardrail', margin: 0.02 } as const;
  const plan = planOfDesign(designOf({ metrics: [orders, guard] }), measured(10_000, known));
  expect(plan.metrics.map(({ metric }) => metric)).toEqual(['orders']);
});

test('times that do not fit are said', () => {
  const warnings = (change: Parameters<typeof designOf>[0], traffic: number | null = 1e6) =>
    planOfDesign(designOf({ metrics: [orders], ...change }), measured(traffic, known)).warnings;
  expect(warnings({ duration: '10d' })).toEqual(['10d are no whole weeks: weekdays are not equally often in it']);
  expect(warnings({ criteria: { earlyStop: true, minimumDuration: '5w', onShip: 'nothing' } })).toEqual([
    'the minimum duration 5w is longer than the exposure, 28d: nothing can ship',
  ]);
  for (const traffic of [null, 0])
    expect(warnings({}, traffic).join()).toContain('nothing tells how many units come in a day');
});
