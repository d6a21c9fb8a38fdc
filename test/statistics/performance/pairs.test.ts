import { droppedPairsNote, labelledScores, pairsOf } from '../../../src/statistics/performance/pairs';

test('rows that lack a side are left out and counted', () => {
  const found = labelledScores([1, 0, null, 1, NaN, 0], [0.5, undefined, 0.1, Infinity, 0.2, 0.9], true);
  expect(found).toMatchObject({ n: 2, positives: 1, dropped: 4 });
  expect([...found.scores]).toEqual([0.5, 0.9]);
  const pairs = pairsOf('actual', [1, null, 3, -Infinity], 'predicted', Float64Array.of(4, 5, NaN, 7));
  expect(pairs).toMatchObject({ n: 1, dropped: 3 });
  expect([...pairs.first, ...pairs.second]).toEqual([1, 4]);
});

test('what is no label, no probability or no number is refused by name, also beside a missing value', () => {
  expect(() => labelledScores([2], [0.5], false)).toThrow(new RangeError('labels[0] is 2: expected 0 or 1'));
  expect(() => labelledScores([0.5], [null], false)).toThrow('labels[0] is 0.5');
  expect(() => labelledScores([true as never], [0.5], false)).toThrow(
    new TypeError('labels[0] is true: expected 0 or 1'),
  );
  expect(() => labelledScores([1], ['a' as never], false)).toThrow(TypeError);
  expect(() => labelledScores([1], [-0.1], true)).toThrow('scores[0] is -0.1: expected a probability');
  expect(labelledScores([1], [-0.1], false).n).toBe(1);
  expect(labelledScores([null], [-0.1], true).dropped).toBe(1);
  expect(() => pairsOf('actual', [1], 'predicted', ['2' as never])).toThrow(
    'predicted[0] is "2": expected a number or null',
  );
  expect(() => pairsOf('actual', [{} as never], 'predicted', [2])).toThrow('actual[0] is {}');
});

test('what is no array, and lengths that differ', () => {
  expect(() => labelledScores('10' as never, [1, 2], false)).toThrow(TypeError);
  expect(() => labelledScores([1], [0.1, 0.2], false)).toThrow(
    'scores has 2 values and labels has 1: expected one length',
  );
  expect(() => pairsOf('actual', [1], 'predicted', null as never)).toThrow(TypeError);
});

test('the note counts', () => {
  expect(droppedPairsNote(0)).toEqual([]);
  expect(droppedPairsNote(1)).toEqual(['1 pair with a missing or infinite value left out']);
  expect(droppedPairsNote(2)).toEqual(['2 pairs with a missing or infinite value left out']);
});
