import fc from 'fast-check';
import {
  discountedCumulativeGain,
  hitRateAtK,
  meanReciprocalRank,
  normalisedDiscountedCumulativeGain,
  precisionAtK,
} from '../../../src/statistics';
import { discountedGain, inOrder } from '../../../src/statistics/performance/ranked-list';
import { casesOf } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';
import { performance } from '../../vectors/map/performance';

fc.configureGlobal({ seed: 1 });

const RELEVANCE = [
  [3, 0, 1, 2, 0],
  [0, 0, 1],
  [2, 2, 0, 0, 1, 3],
];
const SHOWN = [
  [0.5, 0.9, 0.5, 0.1, 0.5],
  [0.3, 0.2, 0.3],
  [1, 2, 3, 4, 5, 6],
];

test.each(casesOf('metrics', 'ranking'))('matches scikit-learn: %s', (_, { input, args, expected }) => {
  const found = performance.ranking!(input, args, expected) as Record<string, number | number[]>;
  for (const [key, value] of Object.entries(expected))
    [found[key]].flat().forEach((each, index) => expect(each).toBeCloseTo([value].flat()[index], 11));
});

// scikit-learn 1.9: ndcg_score and dcg_score per query, ties averaged, lists of three lengths.
test.each([
  [1, [0, 0.5, 1], [0, 0.5, 3]],
  [
    2,
    [0.19738794064391013, 0.8154648767857287, 0.8519590445170674],
    [0.8412396714286097, 0.8154648767857287, 3.6309297535714573],
  ],
  [
    3,
    [0.31666334041005983, 0.8154648767857287, 0.6900468833579672],
    [1.5079063380952764, 0.8154648767857287, 3.6309297535714573],
  ],
  [
    5,
    [0.5997336458677618, 0.8154648767857287, 0.7737562516212485],
    [2.8558473633288832, 0.8154648767857287, 4.404635368040541],
  ],
  [
    10,
    [0.5997336458677618, 0.8154648767857287, 0.8989051072550641],
    [2.8558473633288832, 0.8154648767857287, 5.117049742256586],
  ],
])('ties, lists of any length, k = %d', (k, ndcg, dcg) => {
  const close = (values: number[]) => values.map((value) => expect.closeTo(value, 12));
  expect(ok(normalisedDiscountedCumulativeGain(RELEVANCE, SHOWN, { k })).perQuery).toEqual(close(ndcg));
  expect(ok(discountedCumulativeGain(RELEVANCE, SHOWN, { k })).perQuery).toEqual(close(dcg));
});

test('ranks, shares and hits by hand; equal scores keep their order', () => {
  // Shown: query 0 as items 1, 0, 2, 4, 3; query 1 as 0, 2, 1; query 2 backwards.
  expect(ok(meanReciprocalRank(RELEVANCE, SHOWN)).perQuery).toEqual([0.5, 0.5, 1]);
  expect(ok(meanReciprocalRank(RELEVANCE, SHOWN, { k: 1 })).perQuery).toEqual([0, 0, 1]);
  expect(ok(precisionAtK(RELEVANCE, SHOWN, { k: 2 })).perQuery).toEqual([0.5, 0.5, 1]);
  // A list of three has no fourth rank to be wrong at.
  expect(ok(precisionAtK(RELEVANCE, SHOWN, { k: 4 })).perQuery).toEqual([0.5, 1 / 3, 0.5]);
  expect(ok(hitRateAtK(RELEVANCE, SHOWN, { k: 1 }))).toMatchObject({
    value: expect.closeTo(1 / 3, 14),
    perQuery: [0, 0, 1],
    interval: { method: 'wilson' },
    n: 3,
  });
});

test('means over queries have Student’s interval, one query has none', () => {
  const found = ok(meanReciprocalRank(RELEVANCE, SHOWN));
  expect(found.value).toBeCloseTo(2 / 3, 14);
  // scipy: t.ppf(.975, 2) = 4.302652729911275 times 1/6, cut at 1.
  expect(found.interval).toMatchObject({ low: 0, high: 1, method: 't' });
  expect(ok(precisionAtK([[1, 0]], [[1, 2]]))).toMatchObject({ interval: null, notes: ['one value: no interval'] });
});

test('items that lack a side, queries without items, queries without a relevant one', () => {
  const found = ok(normalisedDiscountedCumulativeGain([[1, null], [], [0, 0]], [[0.5, 0.9], [], [0.1, 0.2]]));
  expect(found).toMatchObject({ n: 2, perQuery: [1, null, 0] });
  expect(found.notes).toEqual([
    '1 item with a missing or infinite value left out',
    '1 query without items left out',
    '1 query without a relevant item: 0',
  ]);
  expect(meanReciprocalRank([[]], [[]])).toMatchObject({ status: 'insufficient-data' });
  expect(meanReciprocalRank([], [])).toMatchObject({ status: 'insufficient-data', reason: 'no query has items' });
});

test('the best order has 1, and any order lies between', () => {
  const items = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 12 }), (given, k) => {
      const relevance = given.map(([value]) => value);
      const scores = given.map(([, score]) => score);
      const of = (shown: number[]) => ok(normalisedDiscountedCumulativeGain([relevance], [shown], { k })).value;
      expect(of(relevance)).toBe(relevance.some((value) => value > 0) ? 1 : 0);
      expect(of(scores)).toBeGreaterThanOrEqual(0);
      expect(of(scores)).toBeLessThanOrEqual(1);
      // Ties averaged: the order of the items does not matter.
      const turned = normalisedDiscountedCumulativeGain([[...relevance].reverse()], [[...scores].reverse()], { k });
      expect(ok(turned).value).toBeCloseTo(of(scores), 12);
    }),
  );
});

test('a list in its order, and its gain', () => {
  const list = { relevance: Float64Array.of(1, 0, 2), scores: Float64Array.of(5, 5, 7) };
  expect(inOrder(list)).toEqual([2, 1, 0]);
  expect(discountedGain(list, 1)).toBe(2);
  expect(discountedGain({ relevance: Float64Array.of(1, 0), scores: Float64Array.of(5, 5) }, 2)).toBeCloseTo(
    0.815465,
    6,
  );
  expect(discountedGain(list, 0)).toBe(0);
});

test('refusals', () => {
  expect(() => precisionAtK(RELEVANCE, SHOWN, { k: 0 })).toThrow('k is 0: expected at least 1');
  expect(() => precisionAtK(RELEVANCE, SHOWN, { k: 1.5 })).toThrow('k is 1.5');
  expect(() => precisionAtK(RELEVANCE, SHOWN, { alpha: 0 })).toThrow('alpha is 0');
  expect(() => hitRateAtK([[1]], [[1], [2]])).toThrow('scores has 2 queries and relevance 1');
  expect(() => hitRateAtK([[1, 0]], [[1]])).toThrow('scores[0] has 1 values and relevance[0] has 2');
  expect(() => hitRateAtK([[-1]], [[1]])).toThrow('relevance[0] holds -1: expected relevances from 0 on');
  expect(() => hitRateAtK([3 as never], [[1]])).toThrow('relevance[0] is 3: expected an array of numbers');
});
