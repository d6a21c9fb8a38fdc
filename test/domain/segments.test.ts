import { judgeSegment, segmentAlpha } from '../../src/domain/segments';

const value = (low: number | null, high: number | null, errorBound = 0) => ({
  value: 0.6,
  n: 300,
  low,
  high,
  errorBound,
});

test('all tests together keep the alpha of the policy', () => {
  expect(segmentAlpha(0.05, 20)).toBeCloseTo(0.0025);
  expect(segmentAlpha(0.05, 0)).toBe(0.05);
});

test.each([
  [{ metric: 'accuracy', baselineDrop: 0.1 }, 0.8, value(0.5, 0.69), 0.7, true],
  [{ metric: 'accuracy', baselineDrop: 0.1 }, 0.8, value(0.5, 0.71), 0.7, false],
  [{ metric: 'accuracy', baselineRatio: 0.5 }, 0.8, value(0.1, 0.39), 0.4, true],
  [{ metric: 'logLoss', baselineDrop: 0.1 }, 0.4, value(0.51, 0.7), 0.5, true],
  [{ metric: 'logLoss', baselineDrop: 0.1 }, 0.4, value(0.49, 0.7), 0.5, false],
  [{ metric: 'accuracy', threshold: 0.7 }, null, value(0.5, 0.69), 0.7, true],
  [{ metric: 'accuracy', baselineDrop: 0.1 }, null, value(0.1, 0.2), null, false],
  [{ metric: 'accuracy', baselineDrop: 0.1 }, 0.8, value(null, null), 0.7, false],
  // What summaries may be off by counts for the segment.
  [{ metric: 'accuracy', baselineDrop: 0.1 }, 0.8, value(0.5, 0.69, 0.02), 0.7, false],
  [{ metric: 'logLoss', baselineDrop: 0.1 }, 0.4, value(0.51, 0.7, 0.02), 0.5, false],
] as const)('%j with the baseline %p and %j: level %p, flagged %p', (rule, baseline, found, level, flagged) => {
  const judged = judgeSegment(rule, 'country=DE', found, baseline);
  expect(judged).toMatchObject({ segment: 'country=DE', metric: rule.metric, value: found, flagged });
  if (level === null) expect(judged.level).toBeNull();
  else expect(judged.level).toBeCloseTo(level);
});
