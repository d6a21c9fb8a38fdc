import type { MonitorSpecInput } from '../../src/schemas';
import { inProcesses } from '../support/burst';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { runsOf } from '../support/history';
import { hour, many, outcome, prediction } from '../support/rows';

jest.setTimeout(300_000);

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const ROWS = 20_000;
const PROCESSES = 4;
const rows = many(ROWS, (k) => outcome(k));

/** A monitor for which nothing is due while a test runs. */
function spec(model: string, change: Partial<MonitorSpecInput> = {}): MonitorSpecInput {
  const day = (k: number) => new Date(Date.now() + k * 86_400_000).toISOString();
  return {
    model,
    clock: 'wall',
    window: '1d',
    labelMaturity: '1d',
    baselineDrop: 0.1,
    baseline: { from: day(0), to: day(1) },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
    ...change,
  };
}

async function start(name: string, change: Partial<MonitorSpecInput> = {}): Promise<string> {
  const model = `${loop.model}-${name}`;
  await loop.client.predictions.log({ model }, many(ROWS, prediction));
  await loop.client.monitors.start(spec(model, change));
  await loop.client.monitors.status({ model });
  return model;
}

/** Labels by prediction after folding: what was lost is missing, what counted twice would show in the number. */
async function expectLabels(model: string): Promise<void> {
  const target = { model, environment: 'production' };
  await loop.stores.labels.fold(target);
  const labelled = await loop.stores.rows.read({
    ...{ target, from: hour(0), to: hour(ROWS), asOf: hour(2 * ROWS) },
    labelledOnly: true,
  });
  expect(labelled.n).toBe(ROWS);
  expect(Object.fromEntries(labelled.ids.map((id, row) => [id, labelled.label[row]]))).toEqual(
    Object.fromEntries(rows.map(({ predictionId, label }) => [predictionId, label])),
  );
  const stored = await loop.db.collection('outcomeSegments').find({ model }).project({ ids: 1 }).toArray();
  expect(stored.flatMap(({ ids }) => ids as string[])).toHaveLength(ROWS);
  expect(await loop.stores.labels.countPending(target)).toBe(0);
}

test('20 000 outcomes by 100 senders in four processes: none lost, none twice, one nudge a second', async () => {
  const model = await start('burst', { eager: true });
  await eventually(async () => (await loop.db.collection('nudges').countDocuments({})) === 1);
  // Each process logs its own rows in batches of one to twenty-five, and every tenth of its neighbour's once more.
  const batches: (typeof rows)[] = [];
  for (let from = 0, size = 1; from < ROWS; from += size, size = (size % 25) + 1)
    batches.push(rows.slice(from, from + size));
  const again = batches.filter((_, index) => index % 10 === 0);
  const reports = await inProcesses(
    many(PROCESSES, (process) => ({
      database: loop.db.databaseName,
      model,
      senders: 25,
      batches: [
        ...batches.filter((_, index) => index % PROCESSES === process),
        ...again.filter((_, index) => index % PROCESSES === process),
      ],
    })),
  );
  const sum = (field: 'logged' | 'duplicates') => reports.reduce((total, report) => total + report[field], 0);
  expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
  expect(sum('logged')).toBe(ROWS);
  expect(sum('duplicates')).toBe(again.flat().length);
  await expectLabels(model);

  const runs = await runsOf(loop.temporal, loop.client.monitors.handle({ model }).workflowId);
  const times = runs
    .flatMap(({ signals }) => signals)
    .map(({ name, at }) => (expect(name).toBe('outcomesRecorded'), at));
  expect(times.length).toBeGreaterThan(1);
  // Turns are a second apart; how long a signal travels may move each of them a little.
  for (const [first, from] of times.entries())
    for (const [last, to] of times.entries())
      if (last > first) expect(last - first).toBeLessThanOrEqual((to - from) / 1_000 + 1);
});

test('the same 20 000 by 40 signals of 500', async () => {
  const model = await start('signals');
  const handle = loop.client.monitors.handle({ model });
  const batches = many(40, (k) => ({ batchId: `b${k}`, outcomes: rows.slice(k * 500, k * 500 + 500) }));
  for (const batch of [...batches, batches[7]!]) await handle.signal('recordOutcomes', batch);
  const logged = async () => (await loop.client.monitors.status({ model })).ingested.logged;
  await eventually(async () => (await logged()) === ROWS, 60);
  await expectLabels(model);
});

test('a batch above a limit of signals is refused whole and shows', async () => {
  const model = `${loop.model}-refused`;
  await loop.client.monitors.start(spec(model));
  const handle = loop.client.monitors.handle({ model });
  const status = async () => loop.client.monitors.status({ model });
  await handle.signal('recordOutcomes', { batchId: 'rows', outcomes: rows.slice(0, 501) });
  await eventually(async () => (await status()).ingested.quarantined === 501);
  expect((await status()).failure).toContain('501 rows: expected at most 500 rows');
  const long = rows.slice(0, 400).map((row) => ({ ...row, predictionId: row.predictionId.padEnd(150, 'x') }));
  await handle.signal('recordOutcomes', { batchId: 'bytes', outcomes: long });
  await eventually(async () => (await status()).ingested.quarantined === 901);
  expect((await status()).failure).toContain('bytes of JSON: expected at most 49152');
  expect((await status()).ingested.logged).toBe(0);
  expect(await loop.db.collection('outcomeSegments').countDocuments({ model })).toBe(0);
});
