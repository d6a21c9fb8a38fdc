import fc from 'fast-check';
import { twoSampleKolmogorovSmirnov } from '../../src/statistics';
import { casesOf, expectClose } from '../support/vectors';

const exact = casesOf('ks', 'ks2samp').filter(
  ([, { args, input }]) => args.alternative === 'two-sided' && Math.max(input.x.length, input.y.length) <= 10_000,
);

test.each(exact)('matches scipy ks_2samp: %s', (_, entry) => {
  const result = twoSampleKolmogorovSmirnov(entry.input.x, entry.input.y);
  expect(result.status).toBe('ok');
  if (result.status !== 'ok') return;
  expectClose(result.statistic, entry.expected.statistic, entry);
  expectClose(result.pValue, entry.expected.pExact ?? entry.expected.pAuto, entry);
});

test('large samples get the limit law, and say so', () => {
  const a = Float64Array.from({ length: 12_000 }, (_, index) => index);
  const b = a.map((value) => value + 240);
  const result = twoSampleKolmogorovSmirnov(a, b);
  // kstwobign.sf(0.02 · √6000 · (1 + …)), scipy: 0.0163
  expect(result).toMatchObject({ status: 'ok', method: 'asymptotic', statistic: 0.02 });
  expect(result.status === 'ok' && Math.abs(result.pValue - 0.0163)).toBeLessThan(0.0005);
});

test.each([
  // [rows a side, shift in rows, p of scipy.stats.kstwo]
  [12_000, 1, 1],
  [12_000, 61, 0.997586067789435],
  [12_000, 241, 0.015598490808228026],
  [200_000, 1, 1],
])('large samples of %d shifted by %d are within 1%% of scipy kstwo', (n, shift, expected) => {
  const a = Float64Array.from({ length: n }, (_, index) => index);
  const result = twoSampleKolmogorovSmirnov(
    a,
    a.map((value) => value + shift),
  );
  expect(result).toMatchObject({ status: 'ok', method: 'asymptotic', statistic: shift / n });
  expect(result.status === 'ok' && Math.abs(result.pValue / expected - 1)).toBeLessThan(0.01);
});

test('what is no number is dropped and counted; nothing left is a status', () => {
  expect(twoSampleKolmogorovSmirnov([1, Number.NaN, 2], [1, 2, Infinity])).toMatchObject({
    status: 'ok',
    statistic: 0,
    pValue: 1,
    dropped: 2,
  });
  expect(twoSampleKolmogorovSmirnov([Number.NaN], [1])).toEqual({ status: 'empty', n: [0, 1], dropped: 1 });
});

test('the sides may be exchanged', () => {
  const sample = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const [ab, ba] = [twoSampleKolmogorovSmirnov(a, b), twoSampleKolmogorovSmirnov(b, a)];
      if (ab.status !== 'ok' || ba.status !== 'ok') return false;
      return ab.statistic === ba.statistic && Math.abs(ab.pValue - ba.pValue) < 1e-12;
    }),
  );
});
