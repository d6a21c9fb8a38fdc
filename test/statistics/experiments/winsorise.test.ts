import { quantile, winsorise } from '../../../src/statistics';
import { ok } from './samples';

test('both arms are pulled to the quantiles of all values together', () => {
  const [a, b] = [
    [1, 2, 3, 4, 100],
    [2, 3, 4, 5, -50],
  ];
  const found = ok(winsorise([a, b], { low: 0.1, high: 0.9 }));
  expect(found.high).toBe(ok(quantile([...a, ...b], 0.9)).value);
  expect(found.low).toBe(ok(quantile([...a, ...b], 0.1)).value);
  expect([...found.arms[0]!]).toEqual([1, 2, 3, 4, found.high]);
  expect([...found.arms[1]!]).toEqual([2, 3, 4, 5, found.low]);
  expect(found.changed).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(a).toEqual([1, 2, 3, 4, 100]);
});

test('the default takes the upper hundredth; 0 and 1 take nothing; ends may be given', () => {
  const values = Array.from({ length: 1_001 }, (_, row) => row);
  expect(ok(winsorise([values]))).toMatchObject({ low: 0, high: 990, changed: [[0, 10]] });
  expect([...ok(winsorise([values], { low: 0, high: 1 })).arms[0]!]).toEqual(values);
  const given = ok(winsorise([[-5, 5], [20]], { bounds: { low: 0, high: 10 } }));
  expect(given.arms.map((arm) => [...arm])).toEqual([[0, 5], [10]]);
  expect(ok(winsorise([[], [1, 2]], { high: 0.5 })).arms.map((arm) => [...arm])).toEqual([[], [1, 1.5]]);
});

test('statuses and refusals', () => {
  expect(winsorise([[], []])).toMatchObject({ status: 'insufficient-data', n: [0, 0] });
  expect(winsorise([]).status).toBe('insufficient-data');
  expect(() => winsorise([[1], [2, NaN]])).toThrow('arms[1][1] is NaN');
  expect(() => winsorise([[1, null as never]])).toThrow('arms[0][1] is null');
  expect(() => winsorise([[1]], { low: 0.9, high: 0.1 })).toThrow('low is 0.9: expected at most high');
  expect(() => winsorise([[1]], { high: 2 })).toThrow('high is 2');
  expect(() => winsorise([[1]], { bounds: { low: 3, high: 1 } })).toThrow('bounds.low is 3');
  expect(() => winsorise([[1]], { bounds: { low: NaN, high: 1 } })).toThrow('bounds.low is NaN');
});
