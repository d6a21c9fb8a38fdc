import fc from 'fast-check';
import { digestRow } from '../../src/stores/row-digest';
import { canonicalJson } from '../../src/stores/unique-batch';

const value = fc.jsonValue({ maxDepth: 3 });

describe('the digest of a row', () => {
  test('two values have one digest exactly when they have one canonical JSON', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(digestRow(a) === digestRow(b)).toBe(canonicalJson(a) === canonicalJson(b));
        expect(digestRow(structuredClone(a))).toBe(digestRow(a));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('the order of keys and what is undefined say nothing', () => {
    expect(digestRow({ b: 1, a: { d: undefined, c: -0 } })).toBe(digestRow({ a: { c: 0 }, b: 1, e: undefined }));
  });

  test.each([
    ['number and text', 1, '1'],
    ['null and text', null, 'null'],
    ['null and nothing', { a: null }, {}],
    ['true and one', true, 1],
    ['list and object', [], {}],
    ['nested and flat', { a: { b: 1 } }, { a: {}, b: 1 }],
    ['one list and two', [[1], [2]], [[1, 2], []]],
    ['where a text ends', ['a', 'bc'], ['ab', 'c']],
    ['letters beyond ASCII', 'é', 'è'],
    ['halves of a character', '\ud83d', '\ude00'],
    ['key and value', { ab: 'c' }, { a: 'bc' }],
  ])('%s are told apart', (_, a, b) => expect(digestRow(a)).not.toBe(digestRow(b)));

  test('a row larger than any before it', () => {
    const large = {
      text: 'x'.repeat(100_000),
      wide: 'é'.repeat(100_000),
      list: Array.from({ length: 9_000 }, (_, k) => k),
    };
    expect(digestRow(large)).toBe(digestRow(structuredClone(large)));
    expect(digestRow(large)).not.toBe(digestRow({ ...large, text: `${'x'.repeat(99_999)}y` }));
    expect(digestRow(large)).toMatch(/^[0-9a-f]{32}$/);
  });
});
