import { parseLines } from '../../src/cli/replay/stream';

const row = {
  predictionId: 'p1',
  ts: '2011-08-01T00:00:00Z',
  features: { temp: 0.5, text: 'x', gone: null },
  label: 1,
  value: 3,
  labelTs: '2011-08-03T00:00:00Z',
};

test('good rows come in (ts, id) order, whatever order they stand in', async () => {
  const lines = [
    { ...row, predictionId: 'b' },
    { ...row, predictionId: 'c', ts: '2011-07-01T00:00:00Z' },
    { ...row, predictionId: 'a' },
  ].map((entry) => JSON.stringify(entry));
  const { rows, quarantined } = await parseLines(lines);
  expect(rows.map(({ predictionId }) => predictionId)).toEqual(['c', 'a', 'b']);
  expect(quarantined).toEqual([]);
});

test.each([
  ['{', 'malformed-line', 'line 1'],
  [JSON.stringify({ ...row, extra: true }), 'unknown-field', 'extra'],
  [JSON.stringify({ ...row, label: '1' }), 'invalid-value', 'label'],
  [JSON.stringify({ ...row, label: 2 }), 'invalid-value', 'label'],
  [JSON.stringify({ ...row, ts: 'yesterday' }), 'invalid-value', 'ts'],
  [JSON.stringify({ ...row, features: 7 }), 'invalid-value', 'features'],
  [JSON.stringify({ ...row, labelTs: '2999-01-01' }), 'future-timestamp', 'ts'],
  ['[]', 'invalid-value', '(root)'],
])('%s is set aside as %s at %s', async (line, reason, path) => {
  const { rows, quarantined } = await parseLines([line]);
  expect(rows).toEqual([]);
  expect(quarantined).toEqual([expect.objectContaining({ reason, path })]);
});

test('the second row under an id is set aside and the first stands', async () => {
  const lines = [row, { ...row, label: 0 }].map((entry) => JSON.stringify(entry));
  const { rows, quarantined } = await parseLines(lines);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.label).toBe(1);
  expect(quarantined[0]).toMatchObject({ reason: 'conflict', predictionId: 'p1' });
});

test('rows from the end on are left out; empty lines mean nothing', async () => {
  const { rows } = await parseLines([JSON.stringify(row), '', '  '], '2011-08-01T00:00:00.000Z');
  expect(rows).toEqual([]);
});
