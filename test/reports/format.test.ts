import {
  change,
  count,
  decimals,
  missing,
  percent,
  plural,
  probability,
  sentence,
  signed,
} from '../../src/reports/format';

test.each([
  [0.8471, 3, '0.847'],
  [-0.05, 1, '−0.1'],
  [11_250, 2, '11,250.00'],
  [-1_234_567.891, 4, '−1,234,567.8910'],
  [999.9999, 2, '1,000.00'],
  [0.123456, 6, '0.123456'],
  [-0.00001, 3, '0.000'],
  [null, 3, '–'],
  [NaN, 3, '–'],
  [-Infinity, 3, '–'],
])('%p to %i places is %s', (value, places, text) => expect(decimals(value, places)).toBe(text));

test('a difference has a sign unless it is nothing', () => {
  expect([0.1, -0.1, 0, 0.00001, null].map((value) => signed(value, 2))).toEqual([
    '+0.10',
    '−0.10',
    '0.00',
    '0.00',
    '–',
  ]);
});

test('whole numbers are grouped', () => {
  expect([0, 999, 1_000, 11_726, 1_234_567, -1_000, NaN].map(count)).toEqual([
    '0',
    '999',
    '1,000',
    '11,726',
    '1,234,567',
    '−1,000',
    '–',
  ]);
});

test('one is not many', () => expect([plural(1, 'look'), plural(2, 'look')]).toEqual(['1 look', '2 looks']));

test('a p-value is never shown as 0', () => {
  expect([0, 4.8e-6, 0.0001, 0.12, 1, null].map(probability)).toEqual([
    '< 0.0001',
    '< 0.0001',
    '0.0001',
    '0.1200',
    '1.0000',
    '–',
  ]);
});

test('shares, sentences and reasons', () => {
  expect([0.5, 0.125, 0.333].map(percent)).toEqual(['50 %', '12.5 %', '33.3 %']);
  expect(sentence(['a', '', 'b.'], 'none')).toBe('a; b.');
  expect(sentence([], 'none')).toBe('none');
  expect(missing('<why>').text).toBe('– <small>&lt;why&gt;</small>');
});

test('a relative difference is in per cent, with its sign', () => {
  expect([0.0312, -0.5, 0, null, NaN].map(change)).toEqual(['+3.12 %', '−50.00 %', '0.00 %', '–', '–']);
});
