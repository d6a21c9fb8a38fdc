import fc from 'fast-check';
import { rowsOfBatch, SchemaError } from '../../src/schemas';

const LIMITS = { rows: 3, bytes: 120 };

function refusal(given: unknown, field: 'outcomes' | 'predictions' = 'outcomes'): string {
  try {
    rowsOfBatch(field, given, LIMITS, 'recordOutcomes');
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    throw error;
  }
  return 'taken';
}

test('rows are handed on as they came, good or bad', () => {
  const outcomes = [{ predictionId: 'a' }, null, 'b'];
  expect(rowsOfBatch('outcomes', { batchId: 'x', outcomes }, LIMITS, 'recordOutcomes')).toEqual(outcomes);
  expect(rowsOfBatch('predictions', { batchId: 'x', predictions: [] }, LIMITS, 'recordPredictions')).toEqual([]);
});

test.each([
  [undefined, 'recordOutcomes: (root) is missing'],
  [[], 'recordOutcomes: (root) is []'],
  [{ outcomes: [] }, 'recordOutcomes: batchId is missing'],
  [{ batchId: '', outcomes: [] }, 'recordOutcomes: batchId is ""'],
  [{ batchId: { $ne: null }, outcomes: [] }, 'recordOutcomes: batchId is {"$ne":null}'],
  [{ batchId: 'x', outcomes: {} }, 'recordOutcomes: outcomes is {}'],
  [{ batchId: 'x', outcomes: [], rows: [] }, 'recordOutcomes: rows is not a known field'],
  [{ batchId: 'x', predictions: [] }, 'recordOutcomes: outcomes is missing'],
])('%j is refused: %s', (given, message) => {
  expect(refusal(given)).toContain(message);
});

test('a batch above a limit says which, how large it is and what is accepted', () => {
  expect(refusal({ batchId: 'x', outcomes: [1, 2, 3, 4] })).toBe(
    'recordOutcomes: outcomes is 4 rows: expected at most 3 rows in a batch; nothing was written',
  );
  expect(refusal({ batchId: 'x', outcomes: ['é'.repeat(60)] })).toBe(
    'recordOutcomes: outcomes is 151 bytes of JSON: expected at most 120 bytes of JSON in a batch; nothing was written',
  );
});

test('exactly what is within both limits is taken', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 5 }), (outcomes) => {
      const batch = { batchId: 'x', outcomes };
      const within = outcomes.length <= LIMITS.rows && new Blob([JSON.stringify(batch)]).size <= LIMITS.bytes;
      expect(refusal(batch) === 'taken').toBe(within);
    }),
    { seed: 5 },
  );
});
