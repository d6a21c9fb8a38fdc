import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { DAY, day, Judging, windowOf } from '../support/judging';
import { hour } from '../support/rows';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

test('a window with more rows than are judged exactly is judged from summaries, which say the same', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (k) => day(100, 0.9, k));
  await judging.serve(10, day(100, 0.8, 98));
  await judging.serve(11, day(101, 0.8, 98));
  const change = {
    metrics: [{ metric: 'logLoss' as const, baselineDrop: 0.1 }],
    segments: { keys: ['site'], minSamples: 1 },
    cost: { currency: 'EUR', perCorrect: 2 },
    exactRows: 100,
  };
  const spec = judging.spec(change);
  const [rows, summaries] = [await judging.judge(spec, 10), await judging.judge(spec, 11)];
  expect([rows.judgedBy, summaries.judgedBy]).toEqual(['rows', 'summaries']);
  expect(summaries).toMatchObject({ served: 101, n: 101, expectedServed: 100, rowsPerDay: 101 });
  expect(summaries.metrics.accuracy!.value).toBeCloseTo(81 / 101, 12);
  const [exact, summed] = [await judging.judge(spec, 10, 'traffic'), await judging.judge(spec, 11, 'traffic')];
  expect([exact.judgedBy, summed.judgedBy]).toEqual(['rows', 'summaries']);
  const { subjects, reference } = exact.drift;
  expect(summed.drift).toMatchObject({ judged: true, subjects, reference });
  const again = fresh();
  await again.serveDays(0, 10, (k) => day(100, 0.9, k));
  await again.serve(10, day(100, 0.8, 98));
  const same = await again.judge(again.spec({ ...change, exactRows: 0 }), 10);
  const { metrics, valuePerRow, served, n, expectedServed } = rows;
  expect(same).toMatchObject({ judgedBy: 'summaries', valuePerRow, served, n, expectedServed });
  for (const name of ['accuracy', 'logLoss'] as const) {
    expect(same.metrics[name]!.value).toBeCloseTo(metrics[name]!.value!, 9);
    expect(same.metrics[name]!.low).toBeCloseTo(metrics[name]!.low!, 9);
  }
});

test('rows older than the retention are dropped once they are summed up, and what is judged later is judged from sums', async () => {
  const judging = fresh();
  await judging.serveDays(0, 14, (k) => day(50, k < 10 ? 0.9 : 0.8, k));
  const spec = judging.spec({ retention: '3d' });
  const at = hour(11 * DAY);
  const windows = [{ phase: 'baseline', ...spec.baseline, asOf: at }] as const;
  const first = await judging.activities.judgeWindows({ spec, at, windows });
  expect(first.dropped).toBeGreaterThan(0);
  expect(first.windows[0]).toMatchObject({ judgedBy: 'summaries', served: 500, metrics: { accuracy: { value: 0.9 } } });
  const later = hour(16 * DAY);
  const look = async (phase: 'traffic' | 'judge') =>
    (await judging.activities.judgeWindows({ spec, at: later, windows: [{ ...windowOf(11, phase), asOf: later }] }))
      .windows[0];
  expect(await look('judge')).toMatchObject({
    judgedBy: 'summaries',
    served: 50,
    metrics: { accuracy: { value: 0.8 } },
  });
  const { rows } = opened.stores;
  const left = await rows.read({ target: judging.target, from: hour(0), to: hour(20 * DAY), asOf: later });
  expect(left.n).toBe(50);
  // The reference was frozen before its rows went.
  expect(await look('traffic')).toMatchObject({
    judgedBy: 'summaries',
    expectedServed: 50,
    drift: { judged: true, reference: `${judging.target.model}/production/1` },
  });
});

test('served rows are counted to the row, whatever segments they are in', async () => {
  const judging = fresh();
  await judging.serveDays(0, 3, (k) => day(48, 1, k));
  await judging.serve(
    1,
    day(30, 1).map((row) => ({ ...row, version: 2 })),
    'second',
  );
  await judging.serve(
    1,
    day(30, 1).map((row) => ({ ...row, version: 0 })),
    'history',
  );
  const { traffic } = opened.stores;
  const count = (from: number, to: number, version?: number) =>
    traffic.countServed(judging.target, { from: hour(from), to: hour(to) }, version);
  expect(await count(0, 72)).toBe(174);
  expect(await count(12, 60)).toBe(126);
  expect(await count(25, 25.5)).toBe(1);
  expect(await count(24, 48, 2)).toBe(30);
  expect(await count(36, 48, 2)).toBe(15);
  expect(await count(80, 90)).toBe(0);
});
