import {
  adjustPValues,
  compareArms,
  compareMetrics,
  meanOf,
  nonInferiority,
} from '../../../src/statistics/experiments';
import type { ComparedMetricPlan } from '../../../src/statistics/experiments';
import { normals, ok } from './samples';

const random = normals(11);
const arm = (mean: number, n = 200) => meanOf(Array.from({ length: n }, () => mean + random()));
const metrics: ComparedMetricPlan[] = [
  { name: 'orders', role: 'success', arms: [arm(10), arm(10.4), arm(10)] },
  { name: 'revenue', role: 'success', arms: [arm(50), arm(50.25), arm(50.1)], difference: 'relative' },
  { name: 'clicks', role: 'exploratory', arms: [arm(3), arm(3.3), arm(3)] },
  { name: 'latency', role: 'guardrail', arms: [arm(100), arm(100), arm(103)], margin: 1, direction: 'lower-is-better' },
];

test('each comparison is the one that its function gives, adjusted within its family', () => {
  const { comparisons, notes, threshold } = compareMetrics(metrics);
  expect(comparisons.map(({ metric, variant, role, adjustment }) => [metric, variant, role, adjustment])).toEqual([
    ['orders', 1, 'success', 'holm'],
    ['orders', 2, 'success', 'holm'],
    ['revenue', 1, 'success', 'holm'],
    ['revenue', 2, 'success', 'holm'],
    ['clicks', 1, 'exploratory', 'benjamini-hochberg'],
    ['clicks', 2, 'exploratory', 'benjamini-hochberg'],
    ['latency', 1, 'guardrail', 'none'],
    ['latency', 2, 'guardrail', 'none'],
  ]);
  expect([notes, threshold]).toEqual([[], 0.05]);
  const [orders, revenue, clicks, latency] = metrics;
  expect(comparisons[1]!.result).toEqual(compareArms(orders!.arms[0]!, orders!.arms[2]!));
  expect(comparisons[2]!.result).toEqual(compareArms(revenue!.arms[0]!, revenue!.arms[1]!, { difference: 'relative' }));
  const plan = { margin: 1, direction: 'lower-is-better' } as const;
  expect(comparisons[6]!.result).toEqual(nonInferiority(latency!.arms[0]!, latency!.arms[1]!, plan));
  const success = comparisons.slice(0, 4).map(({ result }) => ok(result).pValue);
  expect(comparisons.slice(0, 4).map(({ adjustedPValue }) => adjustedPValue)).toEqual(
    adjustPValues(success, 'holm').adjusted,
  );
  const list = comparisons.slice(4, 6).map(({ result }) => ok(result).pValue);
  const { adjusted, rejected } = adjustPValues(list, 'benjamini-hochberg');
  expect(comparisons.slice(4, 6).map(({ adjustedPValue }) => adjustedPValue)).toEqual(adjusted);
  expect(comparisons.slice(4, 6).map(({ significant }) => significant)).toEqual(rejected);
  expect(comparisons.slice(6).map(({ adjustedPValue, significant }) => [adjustedPValue, significant])).toEqual([
    [null, true],
    [null, false],
  ]);
  expect(clicks!.arms).toHaveLength(3);
});

test('a comparison without an answer is in no family', () => {
  const flat = { kind: 'mean', n: 5, mean: 1, m2: 0 } as const;
  const { comparisons, notes } = compareMetrics([
    { name: 'flat', role: 'success', arms: [flat, flat] },
    metrics[0]!.arms.length === 3
      ? { name: 'orders', role: 'success', arms: metrics[0]!.arms.slice(0, 2) }
      : metrics[0]!,
  ]);
  expect(comparisons[0]).toMatchObject({
    adjustedPValue: null,
    significant: false,
    result: { status: 'no-variation' },
  });
  expect(comparisons[1]!.adjustedPValue).toBe(ok(comparisons[1]!.result).pValue);
  expect(notes).toEqual(['1 of 2 comparisons have no answer']);
  expect(compareMetrics([])).toMatchObject({ comparisons: [], notes: [] });
});

test('plans that are none are refused by their place', () => {
  const [first] = metrics;
  expect(() => compareMetrics([{ ...first!, arms: [arm(1)] }])).toThrow('metrics[0].arms has 1 arms: expected 2');
  expect(() => compareMetrics([first!, { ...first!, arms: [arm(1), arm(1)] }])).toThrow('metrics[1].arms has 2 arms');
  expect(() => compareMetrics([{ ...first!, role: 'main' as never }])).toThrow('metrics[0].role is "main"');
  expect(() => compareMetrics(metrics, { alpha: 2 })).toThrow('alpha is 2');
  expect(() => compareMetrics([{ ...metrics[3]!, margin: 0 } as never])).toThrow('margin is 0');
});
