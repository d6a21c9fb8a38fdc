import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { DAY, day, flaggedOf, Judging, many, windowOf } from '../support/judging';
import { hour } from '../support/rows';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

test('a look tells volume, cost, the newest prediction and what waits', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (k) => day(100, 0.9, k));
  await judging.serve(10, day(50, 0.8, 99));
  await judging.serve(
    -1,
    many(30, () => ({ features: { x: 0 }, version: 0, prediction: null })),
  );
  await judging.serve(
    13,
    many(30, () => ({ features: { x: 0 }, version: 0, prediction: null })),
  );
  await opened.stores.outcomes.log(judging.target, [{ predictionId: 'unknown', label: 1, labelTs: hour(5) }]);
  const spec = judging.spec({ cost: { currency: 'EUR', perCorrect: 2 }, window: '12h' });
  const look = await judging.activities.judgeWindows({ spec, at: hour(12 * DAY), windows: [windowOf(10)] });
  expect(look).toMatchObject({ pending: 1, dropped: 0 });
  expect(look.lastServedAt).toBe(hour(10 * DAY + (49 * DAY) / 50));
  expect(look.windows[0]).toMatchObject({
    served: 50,
    n: 50,
    expectedServed: 100,
    rowsPerDay: 50,
    judgedBy: 'rows',
    metrics: { accuracy: { value: 0.8, n: 50 } },
    valuePerRow: { window: { value: 1.6, n: 50 }, baseline: 1.8 },
  });
});

test('rows that are later than the look have not been served yet; before the first there is none', async () => {
  const judging = fresh();
  await judging.serve(3, day(24, 1));
  const spec = judging.spec();
  const lastAt = async (at: string) => (await judging.activities.judgeWindows({ spec, at, windows: [] })).lastServedAt;
  expect(await lastAt(hour(3 * DAY - 1))).toBeNull();
  expect(await lastAt(hour(3 * DAY + 5))).toBe(hour(3 * DAY + 5));
  expect(await lastAt(hour(100 * DAY))).toBe(hour(3 * DAY + 23));
});

test('the first result for a window stands, whatever comes later; phases are told apart', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (k) => day(100, 0.9, k));
  await judging.serve(10, day(100, 0.9, 98));
  const spec = judging.spec({ estimate: true, labelMaturity: '1ms' });
  const request = { ...windowOf(10), asOf: hour(12 * DAY) };
  const look = (worker: Judging, phase: 'judge' | 'traffic') =>
    worker.activities.judgeWindows({ spec, at: hour(12 * DAY), windows: [{ ...request, phase }] });
  const [traffic, first] = [await look(judging, 'traffic'), await look(judging, 'judge')];
  await judging.serve(10, day(100, 0.1, 97), 'late');
  for (const worker of [judging, judging.anotherWorker()]) {
    expect(await look(worker, 'judge')).toEqual({ ...first, lastServedAt: expect.any(String) as string });
    expect((await look(worker, 'traffic')).windows).toEqual(traffic.windows);
  }
  expect(first.windows[0]!.metrics.accuracy!.value).toBe(0.9);
  expect(traffic.windows[0]!.metrics).toEqual({});
  const listed = await opened.stores.evaluations.list(judging.target);
  expect(listed.map(({ phase }) => phase)).toEqual(['judge']);
  const ids = await opened.db
    .collection('evaluations')
    .find({ model: judging.target.model })
    .sort({ _id: 1 })
    .toArray();
  const id = `${judging.target.model}/production/${request.from}/${request.to}/${request.asOf}/served`;
  expect(ids.map(({ _id }) => String(_id))).toEqual([id, `${id}/traffic`]);
});

test('the look of the first release and the one of today agree on what they share, and on what stands', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (k) => day(100, 0.9, k));
  await judging.serve(10, day(100, 0.8, 98));
  await judging.serve(11, day(100, 0.7, 97));
  const spec = judging.spec();
  // What a monitor of the first release was started with.
  const { drift: _d, segments: _s, volume: _v, metrics: _m, task: _t, ...old } = spec;
  const { phase: _p, ...window } = windowOf(10);
  const judged = await judging.activities.evaluateWindow({ spec: old as typeof spec, ...window });
  expect(judged).toMatchObject({ ...window, served: 100, performance: { n: 100, correct: 80, accuracy: 0.8 } });
  expect(judged).not.toHaveProperty('drift');
  const report = await judging.judge(spec, 10);
  expect(report).toMatchObject({ n: 100, metrics: { accuracy: { value: 0.8 } }, drift: { judged: false } });
  const today = await judging.judge(spec, 11);
  const { phase: _q, ...next } = windowOf(11);
  expect((await judging.activities.evaluateWindow({ spec, ...next })).performance.accuracy).toBe(0.7);
  expect(today.metrics.accuracy!.value).toBe(0.7);
  const [first] = await opened.stores.evaluations.list(judging.target);
  expect(first!.drift).toMatchObject([
    { feature: 'site', status: 'empty' },
    { feature: 'x', status: 'ok', method: 'kolmogorov-smirnov' },
  ]);
});

test('rows of one version alone are judged by their metrics only', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (k) => day(100, 0.9, k));
  await judging.serve(10, day(100, 0.9, 98));
  await judging.serve(
    10,
    day(60, 0.5, 97).map((row) => ({ ...row, version: 2 })),
    'second',
  );
  const spec = judging.spec();
  const of = async (version?: number) => {
    const window = { ...windowOf(10), version };
    return (await judging.activities.judgeWindows({ spec, at: hour(12 * DAY), windows: [window] })).windows[0]!;
  };
  expect(await of(2)).toMatchObject({ served: 60, n: 60, drift: { judged: false }, expectedServed: null });
  expect(await of()).toMatchObject({ served: 160, expectedServed: 100 });
  expect(await opened.stores.evaluations.list(judging.target)).toHaveLength(1);
});

test('a window that is judged only if complete is left out until every row has its outcome', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (k) => day(20, 1, k));
  const rows = day(20, 1, 98);
  await judging.serve(10, [...rows, { features: {}, score: 0.5, prediction: 1 }]);
  const spec = judging.spec();
  const early = async (at: number, from = 10) => {
    const window = { ...windowOf(from), asOf: hour(at), onlyIfComplete: true };
    return (await judging.activities.judgeWindows({ spec, at: hour(at), windows: [window] })).windows;
  };
  expect(await early(11 * DAY + 13)).toEqual([]);
  expect(await early(12 * DAY, 11)).toEqual([]);
  expect(await opened.stores.evaluations.list(judging.target)).toEqual([]);
  await opened.stores.outcomes.log(judging.target, [
    { predictionId: 'd10-20', label: 1, labelTs: hour(11 * DAY + 14) },
  ]);
  expect(await early(11 * DAY + 13)).toEqual([]);
  expect(await early(11 * DAY + 14)).toMatchObject([{ served: 21, n: 21 }]);
});

test('a report stays small however much was found, and the store has all of it', async () => {
  const judging = fresh();
  const wide = (shift: number, prefix: string) =>
    many(120, (k) => ({
      features: Object.fromEntries([
        ...many(120, (f) => [`${'long '.repeat(30)}${f}`, k + shift]),
        ...many(60, (f) => [`${prefix}-${'text '.repeat(20)}${f}`, 'a']),
      ]) as Record<string, number | string>,
      outcome: { label: 1 as const },
    }));
  await judging.serve(0, wide(0, 'old'));
  await judging.serve(10, wide(1_000, 'new'));
  const report = await judging.judge(judging.spec(), 10, 'traffic');
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(16 * 1024);
  const { flagged, missing, added, subjects } = report.drift;
  expect(subjects).toBe(121);
  for (const list of [flagged, missing, added]) {
    expect(list.length).toBeGreaterThan(5);
    expect(list.length).toBeLessThanOrEqual(50);
  }
  const [evaluation] = await opened.stores.evaluations.list(judging.target);
  expect(evaluation!.drift.filter((each) => each.flagged)).toHaveLength(120);
  expect(evaluation!.drift.filter(({ status }) => status === 'missing')).toHaveLength(60);
});

test('features may be called anything', async () => {
  const judging = fresh();
  const names = ['a.b', '$set', '__proto__', '', 'constructor', 'prediction', 'score'];
  const rows = (shift: number) =>
    many(100, (k) => ({
      features: Object.fromEntries(names.map((name) => [name, k + shift])),
      score: k / 100,
      prediction: 1,
    }));
  await judging.serve(0, rows(0));
  await judging.serve(10, rows(70));
  const report = await judging.judge(judging.spec({ segments: { keys: ['__proto__', ''] } }), 10, 'traffic');
  expect(flaggedOf(report)).toEqual([...names].sort());
  expect(report.drift.flagged.every(({ of }) => of === 'feature')).toBe(true);
});

test('whatever order rows and outcomes come in, the look finds the same', async () => {
  const [forwards, backwards] = [fresh(), fresh()];
  const days = many(11, (k) => day(60, 0.8, k));
  for (let k = 0; k <= 10; k += 1) await forwards.serve(k, days[k]!);
  const { outcomes, predictions } = opened.stores;
  for (let k = 10; k >= 0; k -= 1) {
    const id = (row: number) => `d${k}-${row}`;
    await outcomes.log(
      backwards.target,
      [...days[k]!.entries()]
        .reverse()
        .map(([row, { outcome }]) => ({ predictionId: id(row), labelTs: hour(k * DAY + 36), ...outcome })),
    );
    for (const part of [1, 0])
      await predictions.log(
        backwards.target,
        [...days[k]!.entries()]
          .filter(([row]) => row % 2 === part)
          .map(([row, { outcome: _o, ...rest }]) => ({
            predictionId: id(row),
            ts: hour(k * DAY + (row * DAY) / 60),
            version: 1,
            ...rest,
          })),
      );
  }
  const spec = (judging: Judging) =>
    judging.spec({
      metrics: [
        { metric: 'logLoss', baselineDrop: 0.1 },
        { metric: 'auroc', baselineDrop: 0.1 },
      ],
    });
  for (const phase of ['traffic', 'judge'] as const) {
    const [a, b] = [await forwards.judge(spec(forwards), 10, phase), await backwards.judge(spec(backwards), 10, phase)];
    expect({ ...b, drift: { ...b.drift, reference: null } }).toEqual({ ...a, drift: { ...a.drift, reference: null } });
    if (phase === 'traffic') expect(a.drift.judged).toBe(true);
    else expect(a.metrics.logLoss!.value).toBeGreaterThan(0);
  }
  const [one, other] = await Promise.all(
    [forwards, backwards].map(({ target }) => opened.stores.baselines.list(target, 'reference')),
  );
  expect(other![0]!.artifact).toBe(one![0]!.artifact);
});
