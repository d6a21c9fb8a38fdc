import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../../src/contracts';
import { parseWith, summarySchema } from '../../src/schemas';
import { build, comparable, demo } from '../support/cli';
import { ndjson, sampleRows, sampleScenario, seeded } from '../support/streams';

jest.setTimeout(400_000);

let folder: string;
let plain: { summary: Summary; stdout: string; report: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-demo-'));
  await build();
  plain = await demo();
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('the loop on the sample stream', () => {
  test('the model decays and the monitor fires when it did in history', () => {
    expect(plain.summary.baseline).toBeCloseTo(0.863, 3);
    expect(plain.summary.firedAt).toBe('2011-12-05');
  });

  test('the first retraining learns from the rows labelled by then', () => {
    expect(plain.summary.retrainings[0]).toMatchObject({
      at: '2011-12-05T00:00:00.000Z',
      rows: 1413,
      decision: 'promoted',
    });
  });

  test('the first experiment ships the challenger at its planned end plus maturity', () => {
    const [first] = plain.summary.experiments;
    expect(first).toMatchObject({ decision: 'ship', from: '2011-12-05T00:00:00.000Z', to: '2012-01-30T00:00:00.000Z' });
    expect(first!.looks.at(-1)!.at).toBe('2012-02-06T00:00:00.000Z');
    expect(first!.looks).toHaveLength(8);
    const [champion, challenger] = first!.arms;
    expect(Math.abs(champion!.accuracy! - 0.71)).toBeLessThan(0.05);
    expect(Math.abs(challenger!.accuracy! - 0.86)).toBeLessThan(0.05);
    expect(first!.looks.at(-1)!.bound).toBeCloseTo(2.067, 1);
  });

  test('the loop serves better than the frozen model on the same rows', () => {
    const { frozen, loop } = plain.summary.overall;
    expect(loop.n).toBe(frozen.n);
    expect(loop.accuracy).toBeGreaterThanOrEqual(0.84);
    expect(frozen.accuracy).toBeLessThanOrEqual(0.8);
  });

  test('every row is there once', () => {
    expect(plain.summary).toMatchObject({
      predictions: 12_385,
      outcomes: 12_385,
      lost: 0,
      duplicated: 0,
      quarantined: {},
    });
  });

  test('an experiment that the stream cuts off is inconclusive and says so', () => {
    const last = plain.summary.experiments.at(-1)!;
    expect(last.decision).toBe('inconclusive');
    expect(last.reasons.join()).toContain('the stream ended');
    expect(plain.summary.retrainings.at(-1)!.decision).toBe('inconclusive');
  });

  test('the summary is as published', () => {
    expect(parseWith(summarySchema, plain.summary, 'summary')).toEqual(plain.summary);
  });

  test('the story, the addresses and the report are there', () => {
    expect(plain.stdout).toContain('2011-12-05');
    expect(plain.stdout).toMatch(/report: .*\.html/);
    expect(plain.report).toContain('bike');
  });
});

test('a worker killed inside the loop changes nothing', async () => {
  const killed = await demo('--kill-worker', '3', '--seed', '11');
  expect(killed.stdout).toMatch(/3 kills; the histories show [3-9] activities/);
  expect(comparable(killed.summary)).toEqual(comparable(plain.summary));
});

test('one activity slot is enough: nothing waits for its own slot', async () => {
  const narrow = await demo('--activity-slots', '1');
  expect(comparable(narrow.summary)).toEqual(comparable(plain.summary));
});

test('a pipeline that the demo does not have is refused', async () => {
  const retrain = { lookback: '63d', pipeline: { name: 'other', rows: '/data/rows.csv', model: 'train.model' } };
  const scenario = await write('other.json', JSON.stringify(sampleScenario({ retrain })));
  await expect(demo('--scenario', scenario)).rejects.toThrow('retrain.pipeline.name is "other": expected bike-demand');
});

test('early stopping decides sooner', async () => {
  const experiment = { ...(sampleScenario().experiment as object), earlyStop: true };
  const scenario = await write('early.json', JSON.stringify(sampleScenario({ experiment, end: '2012-03-01' })));
  const { summary } = await demo('--scenario', scenario);
  expect(summary.experiments[0]!.looks.length).toBeLessThan(8);
  expect(summary.experiments[0]!.decision).toBe('ship');
});

test('where retraining cannot help nothing is promoted', async () => {
  const random = seeded(7);
  const rows = sampleRows().map((row) => (row.ts < '2011-10-15' ? row : { ...row, label: random() < 0.5 ? 1 : 0 }));
  const { summary } = await demo('--stream', await write('coin.ndjson', ndjson(rows)));
  expect(summary.retrainings.length).toBeGreaterThan(1);
  for (const { decision } of summary.retrainings) expect(['not-better', 'inconclusive']).toContain(decision);
  expect(summary.experiments.map(({ decision }) => decision)).not.toContain('ship');
});

test('bad lines are set aside with their reasons and the loop goes on', async () => {
  const rows = sampleRows().filter((row) => row.ts < '2011-09-12');
  const last = rows.at(-1)!;
  const bad = [
    '{"predictionId": "torn',
    { ...last, predictionId: 'b1', extra: 1 },
    { ...last, predictionId: 'b2', label: 'yes' },
    { ...last, predictionId: 'b3', ts: '2999-01-01T00:00:00Z' },
    { ...last, features: { temp: 99 } },
  ];
  const { summary } = await demo('--stream', await write('bad.ndjson', ndjson([...rows, ...bad])));
  expect(summary.quarantined).toEqual({
    conflict: 1,
    'future-timestamp': 1,
    'invalid-value': 1,
    'malformed-line': 1,
    'unknown-field': 1,
  });
  expect(summary).toMatchObject({
    lost: 0,
    duplicated: 0,
    predictions: rows.filter((row) => row.ts >= '2011-08-01').length,
  });
});
