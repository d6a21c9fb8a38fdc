/** The tool of `npm run verify`: numbers that differ are found, and what it does not know is never passed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareNumbers } from '../../scripts/verify/compare';
import { verifyFolder } from '../../scripts/verify/folder';
import { snapshots } from '../../scripts/verify/snapshots';
import { readTable } from '../../scripts/verify/table';

const DATA = join(__dirname, '../../data/ab');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: unknown) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

test('the committed data give the committed numbers', () => {
  expect(verifyFolder(DATA)).toMatchObject([
    { file: 'lalonde-nsw.expected.json', status: 'compared', matched: 22, differ: [], skipped: [] },
    { file: 'obd-men.expected.json', status: 'compared', matched: 23, differ: [], skipped: [] },
  ]);
});

test('a number that is changed differs, one that nothing recomputes is skipped', () => {
  cpSync(join(DATA, 'lalonde-nsw.csv'), join(folder, 'jobs.csv'));
  const expected = JSON.parse(readFileSync(join(DATA, 'lalonde-nsw.expected.json'), 'utf8'));
  put('jobs.expected.json', { ...expected, re78: { ...expected.re78, t: expected.re78.t * 1.00001, kurtosis: 3 } });
  const [found] = verifyFolder(folder);
  expect(found).toMatchObject({ status: 'compared', matched: 21, skipped: ['re78.kurtosis'] });
  expect(found).toHaveProperty('differ', [expect.stringMatching(/^re78\.t: expected 2\.6741.*, found 2\.6741/)]);
});

test('a layout that is not known, a missing data file and a file without numbers are skipped', () => {
  put('other.csv', 'a,b\n1,2\n');
  put('other.expected.json', { mean: 1 });
  put('quoted.csv', 'a,b\n"1,2",3\n');
  put('quoted.expected.json', { mean: 1 });
  put('alone.expected.json', { mean: 1 });
  cpSync(join(DATA, 'lalonde-nsw.csv'), join(folder, 'nothing.csv'));
  put('nothing.expected.json', { source: 'nobody' });
  expect(verifyFolder(folder)).toMatchObject([
    { file: 'alone.expected.json', status: 'skipped', reason: expect.stringContaining('alone.csv') },
    { file: 'nothing.expected.json', status: 'skipped' },
    { file: 'other.expected.json', status: 'skipped', reason: expect.stringContaining('a, b') },
    { file: 'quoted.expected.json', status: 'skipped' },
  ]);
});

test('a folder without expected files and a ragged table are refused', () => {
  expect(() => verifyFolder(folder)).toThrow('holds no file');
  put('ragged.csv', 'a,b\n1,2\n3\n');
  expect(() => readTable(join(folder, 'ragged.csv'))).toThrow(':3 has 1 fields: expected 2');
});

test('numbers are held to their tolerance, structure by structure', () => {
  expect(compareNumbers({ a: [1, 2], b: { c: 3 }, d: 'text' }, { a: [1, 2.1], b: {} })).toEqual({
    matched: 1,
    differ: ['a.1: expected 2, found 2.1'],
    skipped: ['b.c'],
  });
  expect(compareNumbers(1, NaN).differ).toHaveLength(1);
  expect(compareNumbers(1, null).differ).toHaveLength(1);
  expect(compareNumbers(0, 1e-13).matched).toBe(1);
});

test('of snapshots the last counts, and all experiments are one family', () => {
  const header = snapshots.columns.join(',');
  const row = (id: string, time: number, mean: number) => `${id},1,1,${time},1000,1000,10,${mean},25,25`;
  put('many.csv', [header, row('b', 2, 10.6), row('b', 1, 99), row('a', 1, 10.5), row('c', 1, 10)].join('\n'));
  const { results, ...counts } = snapshots.recompute(readTable(join(folder, 'many.csv')));
  expect(counts).toEqual({
    comparisons: 3,
    significantRaw05: 2,
    significantBH05: 2,
    significantHolm05: 1,
    srmBelow001: 0,
  });
  expect(results).toMatchObject([
    { experimentId: 'a', days: 1, mean: [10, 10.5] },
    { experimentId: 'b', days: 2, mean: [10, 10.6], srmP: 1 },
    { experimentId: 'c', p: 1 },
  ]);
});
