import { runBacktest } from '../../src/cli/backtest';
import { replayPolicy } from '../../src/cli/backtest/simulate';
import { backtestResultSchema, parseWith } from '../../src/schemas';
import { EXPERIMENT, MONITOR_PART, outcome, policy, streamOf } from '../support/backtest';
import { sampleRows, seeded } from '../support/streams';

const day = (instant: string) => instant.slice(0, 10);
const until = (end: string) => streamOf(sampleRows().filter(({ ts }) => ts < end));

test('the same rows in another order give the same result, byte for byte, and it is as published', async () => {
  const rows = sampleRows().filter(({ ts }) => ts < '2012-05-01');
  const random = seeded(3);
  const shuffled = rows
    .map((row) => ({ row, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
  const policies = [policy({ name: 'a', gate: { kind: 'shadow', duration: '7d' } }), policy({ name: 'b' })];
  const result = await runBacktest(policies, await streamOf(rows));
  expect(JSON.stringify(await runBacktest(policies, await streamOf(shuffled)))).toBe(JSON.stringify(result));
  expect(parseWith(backtestResultSchema, result, 'result')).toEqual(result);
  expect(result.stream).toMatchObject({ rows: rows.length, recorded: false, quarantined: {} });
});

test('one policy beside another does not change it', async () => {
  const stream = await until('2012-02-01');
  const [alone] = (await runBacktest([policy()], stream)).policies;
  const beside = await runBacktest([policy({ name: 'first', gate: EXPERIMENT }), policy()], stream);
  expect(beside.policies[1]).toEqual(alone);
});

describe('recorded predictions', () => {
  const recorded = async (end: string) => {
    const rows = sampleRows().filter(({ ts }) => ts < end);
    const { world } = await replayPolicy(policy({ gate: EXPERIMENT }), await streamOf(rows));
    const { version, score, prediction } = world.rows;
    const as = (row: number) => ({ version: version[row], score: score[row], prediction: prediction[row] });
    return rows.map((row, index) => (version[index]! > 0 ? { ...row, ...as(index) } : row));
  };

  test('are monitored as they were served, and nothing is retrained', async () => {
    const rows = await recorded('2012-04-30');
    const live = await outcome({ gate: EXPERIMENT }, await until('2012-04-30'));
    const found = await outcome({ gate: EXPERIMENT, train: undefined }, await streamOf(rows));
    expect(found.served).toEqual(live.served);
    expect(found.baseline).toBe(live.baseline);
    expect(found.alerts[0]).toMatchObject({ at: '2011-12-05T00:00:00.000Z', kind: 'performance' });
    expect(found).toMatchObject({ retrainings: [], promotions: [], frozen: null, daysToPromotion: null });
    expect(found.notes[0]).toContain('nothing was retrained');
    expect(found.notes.at(-1)).toMatch(/\d+ retrainings or roll-backs were asked for/);
  });

  test('rows without one are left out and counted', async () => {
    const rows = (await recorded('2011-12-12')).map((row) =>
      row.ts >= '2011-12-05' && 'version' in row
        ? { ...row, version: undefined, score: undefined, prediction: undefined }
        : row,
    );
    const found = await outcome({}, await streamOf(rows));
    const missing = rows.filter(({ ts }) => ts >= '2011-12-05').length;
    expect(found.notes).toContain(
      `${missing} rows from the baseline on have no recorded prediction and were left out.`,
    );
    expect(found.served.n).toBe(rows.filter(({ ts }) => ts >= '2011-08-29').length - missing);
  });
});

describe('what a policy needs', () => {
  test('a first model, unless predictions were recorded', async () => {
    await expect(outcome({ name: 'p1', train: undefined })).rejects.toThrow('policy p1: train is missing: expected');
  });

  test('rows to train it on', async () => {
    const train = { from: '2001-01-01', to: '2001-02-01' };
    await expect(outcome({ train })).rejects.toThrow('train is 2001-01-01T00:00:00.000Z to');
  });
});

test('without a better challenger nothing is promoted', async () => {
  const random = seeded(7);
  const rows = sampleRows()
    .filter(({ ts }) => ts < '2012-04-01')
    .map((row) => (row.ts < '2011-10-15' ? row : { ...row, label: random() < 0.5 ? 1 : 0 }));
  const { retrainings, promotions } = await outcome(
    { gate: { kind: 'shadow', duration: '14d' } },
    await streamOf(rows),
  );
  expect(retrainings.length).toBeGreaterThan(1);
  expect(promotions).toEqual([]);
});

test('a retraining that cannot be done fails with its reason and the replay goes on', async () => {
  const rows = sampleRows()
    .filter(({ ts }) => ts < '2011-11-01')
    .map((row) => (row.ts < '2011-09-01' ? row : { ...row, label: 1 }));
  const retrain = { lookback: '14d', holdout: '4d' };
  const { retrainings } = await outcome({ retrain }, await streamOf(rows));
  expect(retrainings.length).toBeGreaterThan(1);
  expect(retrainings[0]).toMatchObject({ decision: 'failed', challenger: null, waiting: null });
  expect(retrainings[0]!.reasons[0]).toContain('cannot train on one class');
});

test('a roll-back puts back what served before, where there is something', async () => {
  const monitor = { ...MONITOR_PART, response: { medium: ['roll-back', 'retrain'], high: ['roll-back', 'retrain'] } };
  const { world } = await replayPolicy(policy({ monitor }), await until('2012-05-01'));
  expect(world.ledger.map(({ action, champion, effectiveAt }) => [action, champion, day(effectiveAt)])).toEqual([
    ['deploy', 1, '2011-08-01'],
    ['promote', 2, '2011-12-05'],
    ['roll-back', 1, '2012-04-02'],
    ['promote', 3, '2012-04-02'],
  ]);
});

test('a promotion moves the baseline where the policy says so, by what the challenger served', async () => {
  const monitor = { ...MONITOR_PART, rebase: true };
  const stream = await until('2012-03-01');
  const found = await outcome({ monitor, gate: EXPERIMENT }, stream);
  const { state, world } = await replayPolicy(policy({ gate: EXPERIMENT }), stream);
  const served = await world.rows.read({
    from: '2011-12-05T00:00:00.000Z',
    to: '2012-02-06T00:00:00.000Z',
    asOf: '2012-02-06T00:00:00.000Z',
    versions: [2],
    labelledOnly: true,
  });
  const right = served.prediction.filter((answer, row) => answer === served.label[row]).length;
  expect(found.baseline).toBeCloseTo(right / served.n, 6);
  expect(found.baseline).not.toBeCloseTo(state.baseline!.value!, 3);
  expect(found.level).toBeCloseTo(found.baseline! - 0.05, 6);
});

test('what was served is worth what the policy says, beside the frozen model and the best policy', async () => {
  const cost = (perCorrect: number) => ({ ...MONITOR_PART, cost: { currency: 'EUR', perCorrect } });
  const stream = await until('2012-02-01');
  const gates = [{ kind: 'validation' }, { kind: 'shadow', duration: '28d' }];
  const of = async (prices: readonly number[]) =>
    (
      await runBacktest(
        gates.map((gate, index) => policy({ name: `p${index}`, gate, monitor: cost(prices[index]!) })),
        stream,
      )
    ).policies;
  const [quick, slow] = await of([2, 2]);
  const right = (all: typeof quick) => Math.round(all!.served.accuracy! * all!.served.n);
  expect(quick!.value).toMatchObject({ currency: 'EUR', served: 2 * right(quick), behindBest: 0 });
  expect(slow!.value!.behindBest).toBe(2 * (right(quick) - right(slow)));
  expect(slow!.value!.gain).toBe(2 * (right(slow) - Math.round(slow!.frozen!.accuracy! * slow!.frozen!.n)));
  expect(slow!.retrainings[0]!.waiting!.value).toBe(2 * slow!.retrainings[0]!.waiting!.correct);
  expect((await of([2, 3]))[0]!.value!.behindBest).toBeNull();
});

describe('everything a monitor knows is replayed', () => {
  const watched = {
    ...MONITOR_PART,
    drift: { floor: 0.5 },
    volume: { silence: '6h' },
    segments: { keys: ['weathersit'] },
    estimate: true,
  };

  test('drift: with a floor of .5 the first alarm is the week of 2011-10-10, about the temperature', async () => {
    const { alerts } = await outcome({ monitor: watched }, await until('2011-12-20'));
    const [first] = alerts.filter(({ kind }) => kind === 'drift');
    expect(first).toMatchObject({ subject: 'temp', at: '2011-10-17T00:00:00.000Z', event: 'opened' });
  });

  test('silence, but not that of the end of the stream', async () => {
    const { alerts } = await outcome({ monitor: watched });
    const silent = alerts.filter(({ kind }) => kind === 'silence');
    // Hurricane Sandy.
    expect(silent.map(({ at }) => at)).toEqual(['2012-10-29T06:00:00.000Z']);
    expect(new Set(alerts.map(({ kind }) => kind))).toEqual(
      new Set(['concept', 'drift', 'performance', 'segment', 'silence']),
    );
  });

  test('the training rows of what serves, as reference', async () => {
    const { alerts } = await outcome({ monitor: { ...watched, reference: 'training' } }, await until('2012-03-01'));
    const drift = alerts.filter(({ kind }) => kind === 'drift').map(({ at, subject }) => [day(at), subject]);
    // A model that was trained in autumn finds the winter strange again.
    expect(drift).toEqual([
      ['2011-10-17', 'temp'],
      ['2012-01-16', 'temp'],
    ]);
  });
});
