import fc from 'fast-check';
import { classificationMetrics, confusionMatrix, confusionMetrics, mergeConfusions } from '../../../src/statistics';
import { casesOf, expectClose } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';
import { LABELS, SCORES } from './sample';

fc.configureGlobal({ seed: 1 });

test.each(casesOf('metrics', 'binaryMetrics'))('matches scikit-learn: %s', (_, entry) => {
  const { labels, scores } = entry.input as { labels: number[]; scores: number[] };
  const found = ok(classificationMetrics(labels, scores, { threshold: entry.args.threshold ?? 0.5 }));
  for (const name of ['accuracy', 'precision', 'recall', 'f1', 'ctr'] as const)
    expectClose(found[name].value, entry.expected[name], entry);
  expect(found.confusion).toMatchObject(entry.expected.confusion);
});

test('a score at the threshold is positive; counts fill the rows', () => {
  expect(confusionMatrix([1, 0, 1], [0.5, 0.49, 0.51])).toEqual({
    tn: 1,
    fp: 0,
    fn: 0,
    tp: 2,
    n: 3,
    threshold: 0.5,
    dropped: 0,
  });
  expect(confusionMatrix([1, 0, null, 1], [-3, 7, 1, NaN], { threshold: 0 })).toMatchObject({
    fn: 1,
    fp: 1,
    n: 2,
    dropped: 2,
  });
});

test('intervals are Wilson’s, that of F1 by its monotone kin', () => {
  // statsmodels: proportion_confint(2, 3, method='wilson')
  const { precision, recall, f1 } = ok(classificationMetrics([0, 1, 1, 0], [0.1, 0.3, 0.9, 0.4], { threshold: 0.3 }));
  expect(precision.interval).toMatchObject({
    low: expect.closeTo(0.20765960080204737, 12),
    high: expect.closeTo(0.9385080552796846, 12),
  });
  expect(recall.interval!.high).toBe(1);
  expect(f1.value).toBeCloseTo(0.8, 14);
  expect(f1.interval).toMatchObject({
    low: expect.closeTo((2 * 0.20765960080204737) / 1.20765960080204737, 12),
    high: expect.closeTo((2 * 0.9385080552796846) / 1.9385080552796846, 12),
    method: 'wilson of F*',
  });
});

test('nothing below a fraction line is 0 with a note, and could be anything', () => {
  const found = ok(classificationMetrics([0, 0], [0.1, 0.2]));
  for (const [metric, why] of [
    [found.precision, 'no predicted positive: 0 by convention'],
    [found.recall, 'no positive label: 0 by convention'],
    [found.f1, 'no positive, neither labelled nor predicted: 0 by convention'],
  ] as const)
    expect(metric).toMatchObject({ value: 0, interval: { low: 0, high: 1 }, notes: [why] });
  expect(found.accuracy).toMatchObject({ value: 1, notes: [] });
});

test('shards add up to the whole', () => {
  const rows = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 40 });
  const of = (given: [number, number][]) =>
    confusionMatrix(
      given.map(([label]) => label),
      given.map(([, score]) => score),
    );
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      expect(mergeConfusions(of(a), of(b))).toEqual(of([...a, ...b]));
      expect(mergeConfusions(of(b), of(a))).toEqual(of([...b, ...a]));
    }),
  );
  expect(() => mergeConfusions(of([]), confusionMatrix([], [], { threshold: 0.3 }))).toThrow('b.threshold is 0.3');
});

test('counts alone will do', () => {
  const { tn, fp, fn, tp } = confusionMatrix(LABELS, SCORES);
  const found = ok(confusionMetrics({ tn, fp, fn, tp }));
  expect(found.confusion.threshold).toBeNull();
  expect(found.accuracy).toEqual(ok(classificationMetrics(LABELS, SCORES)).accuracy);
  expect(confusionMetrics({ tn: 0, fp: 0, fn: 0, tp: 0 })).toMatchObject({ status: 'insufficient-data', n: [0] });
  expect(() => confusionMetrics({ tn: 1, fp: 0.5, fn: 0, tp: 0 })).toThrow('fp is 0.5');
  expect(() => confusionMetrics({ tn: 1, fp: 0, fn: -1, tp: 0 })).toThrow('fn is -1');
});

test('statuses and refusals', () => {
  expect(classificationMetrics([], [])).toMatchObject({ status: 'insufficient-data' });
  expect(classificationMetrics([null], [1])).toMatchObject({
    notes: ['1 pair with a missing or infinite value left out'],
  });
  expect(() => confusionMatrix([1, 2], [0.1, 0.2])).toThrow('labels[1] is 2: expected 0 or 1');
  expect(() => confusionMatrix([1], [0.1], { threshold: Infinity })).toThrow('threshold is Infinity');
  for (const alpha of [0, 1, NaN])
    expect(() => classificationMetrics([1], [1], { alpha })).toThrow(`alpha is ${alpha}`);
});
