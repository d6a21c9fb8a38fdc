import fc from 'fast-check';
import { twoSampleKolmogorovSmirnov } from '../../../src/statistics';
import { prepareSample } from '../../../src/statistics/drift/prepared-sample';
import { casesOf, expectClose } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';

const exact = casesOf('ks', 'ks2samp').filter(
  ([, { expected, input }]) => expected.pExact !== undefined && Array.isArray(input.x),
);

test.each(exact)('matches scipy ks_2samp: %s', (_, entry) => {
  const { alternative } = entry.args as { alternative: 'two-sided' | 'less' | 'greater' };
  const { x, y } = entry.input;
  for (const first of [x, prepareSample(x)]) {
    const result = ok(twoSampleKolmogorovSmirnov(first, y, { alternative }));
    expectClose(result.statistic, entry.expected.statistic, entry);
    expectClose(result.pValue, entry.expected.pExact, entry);
    expect(result.location).toBe(entry.expected.statisticLocation);
    expect(result.sign).toBe(entry.expected.statisticSign);
  }
});

test('large samples get the one-sample law at the effective size, and say so', () => {
  const a = Float64Array.from({ length: 12_000 }, (_, index) => index);
  const result = ok(
    twoSampleKolmogorovSmirnov(
      a,
      a.map((value) => value + 241),
    ),
  );
  expect(result).toMatchObject({ pMethod: 'asymptotic', statistic: 241 / 12_000, sign: 1 });
  expect(result.method).toMatch(/asymptotic/);
  // scipy.stats.kstwo.sf(241 / 12000, 6000)
  expect(result.pValue / 0.015598490808228026).toBeCloseTo(1, 6);
});

test('what is no number is dropped and counted; nothing left is a status', () => {
  expect(twoSampleKolmogorovSmirnov([1, Number.NaN, 2, null], [1, 2, Infinity, undefined])).toMatchObject({
    status: 'ok',
    statistic: 0,
    pValue: 1,
    dropped: 4,
    notes: ['4 missing or infinite values left out'],
  });
  expect(twoSampleKolmogorovSmirnov([Number.NaN], [1])).toMatchObject({
    status: 'insufficient-data',
    n: [0, 1],
    dropped: 1,
  });
  expect(twoSampleKolmogorovSmirnov(prepareSample([NaN]), [])).toMatchObject({ status: 'insufficient-data' });
});

test('a prepared sample remembers what was left out', () => {
  const large = Array.from({ length: 9_000 }, (_, index) => (index * 7_919) % 9_001);
  const prepared = prepareSample([...large, NaN]);
  const others = large.map((value) => value + 90);
  const { notes, ...expected } = ok(twoSampleKolmogorovSmirnov([...large, NaN], others));
  expect(ok(twoSampleKolmogorovSmirnov(prepared, others))).toEqual({ ...expected, notes });
  expect(notes).toEqual(['1 missing or infinite value left out']);
});

test('wrong arguments are refused by name', () => {
  expect(() => twoSampleKolmogorovSmirnov('12' as never, [1])).toThrow('x is "12"');
  expect(() => twoSampleKolmogorovSmirnov([1], ['2' as never])).toThrow('y[0] is "2"');
  expect(() => twoSampleKolmogorovSmirnov([1], [1], { alpha: 1 })).toThrow('alpha is 1');
  expect(() => twoSampleKolmogorovSmirnov([1], [1], { alternative: 'both' as never })).toThrow('alternative is "both"');
  expect(() => twoSampleKolmogorovSmirnov([1], [1], { method: 'asymp' as never })).toThrow('method is "asymp"');
});

test('an exact p that would take too long is not counted, and that is said', () => {
  const [a, b] = [40_000, 39_999].map((size) => Float64Array.from({ length: size }, (_, index) => index));
  expect(twoSampleKolmogorovSmirnov(a!, b!, { method: 'exact' })).toMatchObject({
    pMethod: 'asymptotic',
    notes: ['an exact p would count 40000·39999 paths: asymptotic'],
  });
  expect(twoSampleKolmogorovSmirnov(a!, a!, { method: 'exact' })).toMatchObject({ pMethod: 'exact', notes: [] });
});

test('the sides may be exchanged', () => {
  const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const [ab, ba] = [ok(twoSampleKolmogorovSmirnov(a, b)), ok(twoSampleKolmogorovSmirnov(b, a))];
      expect(ba.statistic).toBe(ab.statistic);
      expect(ba.pValue).toBeCloseTo(ab.pValue, 12);
      const [less, greater] = [{ alternative: 'less' } as const, { alternative: 'greater' } as const];
      const [there, back] = [twoSampleKolmogorovSmirnov(a, b, less), twoSampleKolmogorovSmirnov(b, a, greater)];
      expect(ok(back).statistic).toBe(ok(there).statistic);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('neither order nor an increasing change of units matters', () => {
  const sample = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { statistic, pValue } = ok(twoSampleKolmogorovSmirnov(a, b));
      const other = ok(twoSampleKolmogorovSmirnov([...a].reverse(), [...b].sort()));
      expect(other).toMatchObject({ statistic, pValue });
      const doubled = (values: number[]) => values.map((value) => 2 * value);
      expect(ok(twoSampleKolmogorovSmirnov(doubled(a), doubled(b)))).toMatchObject({ statistic, pValue });
    }),
    { seed: 1, numRuns: 200 },
  );
});
