import fc from 'fast-check';
import type { z } from 'zod';
import { newPredictionSchema, outcomeRowSchema, predictionRowSchema, siftRows } from '../../src/schemas';
import { passNamedPrediction, passOutcome, passPrediction } from '../../src/schemas/ingestion-fast';
import { utcInstant } from '../../src/schemas/instant-fast';
import { instant } from '../../src/schemas/primitives';
import { outcome, prediction } from '../support/rows';

const NOW = Date.parse('2011-12-01T00:00:00.000Z');
const minted = `${'0f'.repeat(16)}/007`;

/** Values that come near to being right, and some that do not. */
const scrap = fc.oneof(
  fc.constantFrom<unknown>(0, 1, 0.5, -1, -0, 2.5, 1e9, 2 ** 31, 2 ** 31 - 1, NaN, Infinity, null, undefined, true, '', 'x', minted),
  fc.constantFrom<unknown>('x'.repeat(200), 'x'.repeat(201), '\ud83d', '😀', [], [1], [0.5, -1], [NaN], ['1'], {}, { a: 1 }, { a: NaN }),
  fc.constantFrom<unknown>('2011-12-01', '2011-12-01T00:00:00Z', '2011-12-01T00:00:00.000Z', '2011-02-29T00:00:00Z', '2011-13-01T00:00:00.000Z'),
  fc.constantFrom<unknown>(new Date(0), 3n, Symbol('s'), () => 1, new Map(), Array(1_000).fill(1), Array(1_001).fill(1), Array(2)),
);
const features = fc.dictionary(fc.constantFrom('a', '__proto__', '', 'constructor', '$set'), fc.oneof(scrap, fc.jsonValue()), { noNullPrototype: false });
const good = {
  prediction: { predictionId: 'p', ts: '2011-12-01T00:00:00.000Z', features: { a: 1 }, version: 1, score: 0.5, prediction: 1, unit: 'u' },
  outcome: { predictionId: 'p', label: 1, labelTs: '2011-12-01T00:00:00.000Z', revision: 0, value: 2, relevance: [1, 0] },
};

/** A good row with a few fields replaced, removed or added. */
function nearly(row: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const fields = fc.constantFrom(...Object.keys(row), 'extra', '__proto__', 'constructor');
  return fc.array(fc.tuple(fields, fc.oneof(scrap, fc.constant('delete'), features)), { maxLength: 3 }).map((changes) => {
    const entries = new Map<string, unknown>(Object.entries(row));
    for (const [name, value] of changes) if (value === 'delete') entries.delete(name); else entries.set(name, value);
    return Object.fromEntries(entries);
  });
}

const checks: [string, z.ZodType, (row: unknown) => unknown, Record<string, unknown>][] = [
  ['predictions', newPredictionSchema, passPrediction, good.prediction],
  ['predictions with ids', predictionRowSchema, passNamedPrediction, good.prediction],
  ['outcomes', outcomeRowSchema, passOutcome, good.outcome],
];

describe('the quick check of rows', () => {
  test.each(checks)('passes %s that the schema passes, with the same row, and no others', (_, schema, pass, row) => {
    let [passed, refused] = [0, 0];
    fc.assert(
      fc.property(fc.oneof(nearly(row), scrap), (given) => {
        const { success, data } = schema.safeParse(given);
        const quick = pass(given);
        if (success) passed += 1;
        else refused += 1;
        if (success) expect(quick ?? data).toEqual(data);
        else expect(quick).toBeNull();
        // What is left to the schema is a time in another form, and nothing else.
        if (success && quick === null) expect(Object.values(given as object)).toContain('2011-12-01');
      }),
      { numRuns: 3_000, seed: 5 },
    );
    expect(Math.min(passed, refused)).toBeGreaterThan(100);
  });

  test('an instant is read as the schema reads it', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((k) => String(k).padStart(2, '0'));
    const year = fc.oneof(fc.integer({ min: 0, max: 9_999 }).map((k) => String(k).padStart(4, '0')), fc.constantFrom('1900', '2000', '2012'));
    const text = fc.tuple(year, two, two, two, two, two, fc.constantFrom('Z', '.000Z', '.999Z', '.12Z', '.1x3Z', '', '+00:00', 'z')).map(
      ([y, month, day, hour, minute, second, rest]) => `${y}-${month}-${day}T${hour}:${minute}:${second}${rest}`,
    );
    const small = fc.tuple(year, fc.constantFrom('02', '04', '12'), fc.integer({ min: 28, max: 32 }), fc.constantFrom('Z', '.000Z')).map(
      ([y, month, day, rest]) => `${y}-${month}-${day}T23:59:59${rest}`,
    );
    fc.assert(
      fc.property(fc.oneof(text, small, fc.constantFrom('2011-12-01T24:00:00Z', '2011x12-01T00:00:00Z', '20111-2-01T00:00:00Z')), (given) => {
        const quick = utcInstant(given);
        if (quick !== null) expect(instant.safeParse(given)).toEqual({ success: true, data: quick });
        else if (/^\d{4}-.*:\d\d(\.\d{3})?Z$/.test(given)) expect(instant.safeParse(given).success && !given.includes('T24')).toBe(false);
      }),
      { numRuns: 5_000, seed: 5 },
    );
  });
});

describe('sifting', () => {
  const sift = (rows: readonly unknown[]) => siftRows(newPredictionSchema, rows, (row) => row.ts, NOW);

  test('one bad row of a batch is set aside with its reason, and the rest goes in', () => {
    const { predictionId: _id, ...unnamed } = prediction(2);
    const { rows, positions, quarantined } = sift([prediction(0), prediction(1, { score: 2 }), unnamed]);
    expect(rows).toEqual([prediction(0), unnamed]);
    expect(positions).toEqual([0, 2]);
    expect(quarantined).toEqual([
      { reason: 'invalid-value', path: 'score', message: expect.stringContaining('score is 2'), predictionId: 'p00001' },
    ]);
  });

  test('a row from the future is set aside under the name of its time', () => {
    const late = '2011-12-02T00:00:00.001Z';
    expect(sift([prediction(0, { ts: late })]).quarantined).toMatchObject([{ reason: 'future-timestamp', path: 'ts' }]);
    expect(sift([prediction(0, { ts: '9999-12-31T23:59:59-05:00' })]).quarantined).toMatchObject([{ reason: 'future-timestamp' }]);
    expect(sift([prediction(0, { ts: '2011-12-02T00:00:00.000Z' })]).quarantined).toEqual([]);
    const outcomes = siftRows(outcomeRowSchema, [outcome(0, { labelTs: late })], (row) => row.labelTs, NOW);
    expect(outcomes.quarantined).toMatchObject([{ reason: 'future-timestamp', path: 'labelTs', predictionId: 'p00000' }]);
  });

  test('an id that looks as if `log` had given it is refused for a prediction, and right for an outcome', () => {
    const [refused] = sift([prediction(0, { predictionId: minted })]).quarantined;
    expect(refused).toMatchObject({ path: 'predictionId', message: expect.stringContaining('ids of this form are given by `log`') });
    expect(outcomeRowSchema.safeParse(outcome(0, { predictionId: minted })).success).toBe(true);
  });

  test('an outcome says at least one thing', () => {
    const { label: _label, ...nothing } = outcome(0);
    const { quarantined } = siftRows(outcomeRowSchema, [nothing], (row) => row.labelTs, NOW);
    expect(quarantined).toMatchObject([{ path: 'label', message: expect.stringContaining('expected a label, a value or the relevance') }]);
  });

  test.each([
    ['a date', { a: new Date(0) }],
    ['a function', { a: () => 1 }],
    ['a big integer', { a: 1n }],
    ['a number in a list that is none', { a: [Number.NaN] }],
    ['nothing in a list', { a: [undefined] }],
    ['a list without end', { a: cyclic() }],
    ['many levels', { a: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown }],
    ['more than a mebibyte', { a: 'x'.repeat(1_100_000) }],
    ['a mebibyte of names', Object.fromEntries(Array.from({ length: 20_000 }, (_, k) => [`feature${k}`, 1]))],
  ])('features that would not come back as they are, or hold %s, are set aside', (_, given) => {
    expect(sift([{ ...prediction(0), features: given }]).quarantined).toMatchObject([{ path: 'features' }]);
  });
});

function cyclic(): unknown[] {
  const list: unknown[] = [];
  list.push(list, list);
  return list;
}
