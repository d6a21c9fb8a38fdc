import fc from 'fast-check';
import { equalWidthEdges, quantileEdges } from '../../../src/statistics/describe';

fc.configureGlobal({ seed: 1 });

test('the docstrings hold', () => {
  expect(equalWidthEdges(0, 10, 4)).toEqual([0, 2.5, 5, 7.5, 10]);
  expect(quantileEdges([1, 2, 3, 4, 100], 4)).toEqual({ status: 'ok', edges: [1, 2, 3, 4, 100], notes: [] });
});

test('a range of nothing is widened, as numpy.histogram_bin_edges does', () => {
  expect(equalWidthEdges(5, 5, 4)).toEqual([4.5, 4.75, 5, 5.25, 5.5]);
  const far = equalWidthEdges(1e17, 1e17, 4);
  expect(far[0]).toBeLessThan(1e17);
  expect(far.at(-1)).toBeGreaterThan(1e17);
  // The largest double has room on one side only.
  const [low, high] = [equalWidthEdges(-Number.MAX_VALUE, -Number.MAX_VALUE, 4)[0], Number.MAX_VALUE];
  expect([low, equalWidthEdges(high, high, 4).at(-1)]).toEqual([-high, high]);
  expect(equalWidthEdges(0, high, 40)).toHaveLength(41);
  expect(equalWidthEdges(-high, high, 4)).toHaveLength(5);
});

test('ties leave fewer bins, and say so', () => {
  expect(quantileEdges([1, 1, 1, 1, 2, 3, null], 4)).toEqual({
    status: 'ok',
    edges: [1, 1.75, 3],
    notes: ['1 missing or infinite value left out', 'ties leave 2 of 4 bins'],
  });
  expect(quantileEdges([7, 7], 4)).toMatchObject({ status: 'no-variation', reason: 'all 2 values are 7' });
  expect(quantileEdges([null], 4)).toMatchObject({ status: 'insufficient-data' });
});

test('bad arguments are refused by name', () => {
  expect(() => equalWidthEdges(1, 0, 3)).toThrow('high is 0');
  expect(() => equalWidthEdges(NaN, 0, 3)).toThrow('low is NaN');
  expect(() => equalWidthEdges(0, 1, 0)).toThrow('bins is 0');
  expect(() => quantileEdges([1], 1.5)).toThrow('bins is 1.5');
});

test('edges ascend from end to end, whatever the range', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(number, number, fc.integer({ min: 1, max: 50 }), (a, b, bins) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const edges = equalWidthEdges(low, high, bins);
      expect(edges.length).toBeGreaterThanOrEqual(2);
      expect(edges.length).toBeLessThanOrEqual(bins + 1);
      edges.forEach((edge, index) => {
        expect(Number.isFinite(edge)).toBe(true);
        if (index > 0) expect(edge).toBeGreaterThan(edges[index - 1]!);
      });
      if (low < high) expect([edges[0]! + 0, edges.at(-1)! + 0]).toEqual([low + 0, high + 0]);
    }),
    { numRuns: 300 },
  );
});
