import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseRecorded, readRecordedStream } from '../../src/cli/backtest/stream';

const row = {
  predictionId: 'p1',
  ts: '2011-08-01T00:00:00Z',
  features: { temp: 0.5, version: 3 },
  label: 1,
  labelTs: '2011-08-03T00:00:00Z',
};
const served = { version: 2, score: 0.7, prediction: 1 };
const parse = (...rows: unknown[]) =>
  parseRecorded(rows.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))));

test('what was served is read beside the row', async () => {
  const stream = await parse({ ...row, ...served }, { ...row, predictionId: 'p2' });
  expect(stream.quarantined).toEqual([]);
  expect(stream.rows.map(({ predictionId }) => predictionId)).toEqual(['p1', 'p2']);
  expect(stream.rows[0]).not.toHaveProperty('prediction');
  expect([...stream.recorded]).toEqual([['p1', served]]);
});

test('a feature that is called version is a feature', async () => {
  const stream = await parse(row);
  expect(stream.recorded.size).toBe(0);
  expect(stream.rows[0]!.features).toEqual(row.features);
});

test.each([
  [{ ...served, score: 1.5 }, 'invalid-value', 'score'],
  [{ version: 2, score: null }, 'invalid-value', 'prediction'],
  [{ ...served, version: 0 }, 'invalid-value', 'version'],
  [{ ...served, extra: 1 }, 'unknown-field', 'extra'],
])('%j is set aside as %s at %s, with its line', async (change, reason, path) => {
  const stream = await parse('', { ...row, ...change }, { ...row, predictionId: 'p2' });
  expect(stream.rows).toHaveLength(1);
  expect(stream.recorded.size).toBe(0);
  expect(stream.quarantined).toEqual([expect.objectContaining({ reason, path })]);
  expect(stream.quarantined[0]!.message).toContain('line 2');
});

test('lines that are no JSON keep their number', async () => {
  const stream = await parse({ ...row, ...served, score: 7 }, '{"version');
  expect(stream.quarantined.map(({ message }) => message.slice(0, 6))).toEqual(['line 1', 'line 2']);
});

test('of two rows under an id the first stands, with what served it', async () => {
  const stream = await parse({ ...row, ...served, score: 7 }, { ...row, ...served }, { ...row, ...served, version: 9 });
  expect([...stream.recorded.values()]).toEqual([served]);
  expect(stream.quarantined.map(({ reason }) => reason)).toEqual(['invalid-value', 'conflict']);
});

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loopwright-stream-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('may be gzipped', async () => {
    const file = join(folder, 'rows.ndjson.gz');
    await writeFile(file, gzipSync(`${JSON.stringify(row)}\n`));
    expect((await readRecordedStream(file)).rows).toHaveLength(1);
  });

  test('that is not there, or not what its name says, is named', async () => {
    await expect(readRecordedStream(join(folder, 'none.ndjson'))).rejects.toThrow('none.ndjson cannot be read');
    const file = join(folder, 'plain.gz');
    await writeFile(file, 'no gzip');
    await expect(readRecordedStream(file)).rejects.toThrow('plain.gz cannot be read');
  });
});
