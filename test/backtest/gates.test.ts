import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BacktestOutcome } from '../../src/contracts';
import { EXPERIMENT, outcome } from '../support/backtest';

const day = (instant: string | undefined) => instant?.slice(0, 10);
const retrainings = ({ retrainings: all }: BacktestOutcome) =>
  all.map(({ at, closedAt, decision }) => [day(at), day(closedAt), decision]);

/** Gates on the sample stream, as the guide publishes them. */
const GATES = {
  'validation alone': { kind: 'validation' },
  'shadow, 7 days': { kind: 'shadow', duration: '7d' },
  'shadow, 14 days': { kind: 'shadow', duration: '14d' },
  'shadow, 28 days': { kind: 'shadow', duration: '28d' },
  'experiment, 8 weeks': EXPERIMENT,
  'experiment, 8 weeks, may stop early': { ...EXPERIMENT, earlyStop: true },
} as const;

const outcomes = new Map<string, BacktestOutcome>();
const of = (name: keyof typeof GATES) => outcomes.get(name)!;

beforeAll(async () => {
  for (const [name, gate] of Object.entries(GATES)) outcomes.set(name, await outcome({ gate }));
});

test('the demo in memory: its alerts, its experiments and its figures, to the digit', () => {
  const demo = of('experiment, 8 weeks');
  expect(demo.baseline).toBeCloseTo(0.863429, 6);
  expect(demo.alerts.map(({ at }) => day(at))).toEqual(['2011-12-05', '2012-04-02', '2012-11-19']);
  expect(retrainings(demo)).toEqual([
    ['2011-12-05', '2012-02-06', 'promoted'],
    ['2012-04-02', '2012-06-04', 'promoted'],
    ['2012-11-19', '2013-01-14', 'inconclusive'],
  ]);
  expect(demo.retrainings[0]).toMatchObject({ rows: 1413, challenger: 2 });
  expect(demo.retrainings[2]!.reasons.at(-1)).toContain('the stream ended');
  expect(demo.served).toEqual({ n: 11_726, accuracy: 0.847092, logLoss: 0.369285 });
  expect(demo.frozen).toEqual({ n: 11_726, accuracy: 0.787907, logLoss: 0.480778 });
});

test('an experiment that may stop early decides weeks sooner', () => {
  expect(retrainings(of('experiment, 8 weeks, may stop early')).slice(0, 2)).toEqual([
    ['2011-12-05', '2012-01-16', 'promoted'],
    ['2012-04-02', '2012-05-14', 'promoted'],
  ]);
});

test('a shadow decides one maturity after its end, by rows that both have scored', () => {
  const [first] = of('shadow, 28 days').retrainings;
  expect(day(first!.closedAt)).toBe('2012-01-09');
  expect(first!.reasons[1]).toBe(
    '113 rows only the challenger had right, 44 only the champion, of 669; exact p 3.49e-8, α 0.05',
  );
});

test('a shadow in which the challenger is not significantly better promotes nothing, and the alert asks again', () => {
  expect(retrainings(of('shadow, 14 days')).slice(0, 3)).toEqual([
    ['2011-12-05', '2011-12-26', 'inconclusive'],
    ['2012-01-23', '2012-02-13', 'inconclusive'],
    ['2012-03-12', '2012-04-02', 'promoted'],
  ]);
  expect(
    of('shadow, 14 days')
      .alerts.map(({ event }) => event)
      .slice(0, 3),
  ).toEqual(['opened', 'again', 'again']);
});

test('validation alone promotes at once, so that nothing is forgone', () => {
  const { retrainings: all, daysToPromotion } = of('validation alone');
  expect(daysToPromotion).toBe(0);
  expect(all[0]!.waiting).toEqual({ days: 0, rows: 0, correct: 0, value: null });
  expect(all.at(-1)).toMatchObject({ decision: 'not-better', challenger: null, waiting: null });
});

test('what was forgone is what the challenger had right beyond what was served meanwhile', () => {
  const promoted = of('shadow, 28 days');
  const { windows } = of('validation alone');
  // The same challenger serves at once under the other policy, on the same rows.
  const { at, closedAt, waiting } = promoted.retrainings[0]!;
  const open = (all: BacktestOutcome['windows']) => all.filter(({ from }) => from >= at && from < closedAt);
  const sum = (all: BacktestOutcome['windows']) => open(all).reduce((total, { correct }) => total + correct, 0);
  expect(waiting).toMatchObject({ days: 35, correct: sum(windows) - sum(promoted.windows) });
  expect(waiting!.correct).toBeGreaterThan(50);
});

test('windows add up to what was served', () => {
  for (const { windows, judgedFrom, served, frozen } of outcomes.values()) {
    const judged = windows.filter(({ from }) => from >= judgedFrom);
    const sum = (pick: (window: (typeof judged)[number]) => number) =>
      judged.reduce((total, window) => total + pick(window), 0);
    expect(sum(({ n }) => n)).toBe(served.n);
    expect(sum(({ correct }) => correct) / served.n).toBeCloseTo(served.accuracy!, 6);
    expect(sum(({ frozenCorrect }) => frozenCorrect!) / served.n).toBeCloseTo(frozen!.accuracy!, 6);
  }
});

test('the guide publishes these figures', () => {
  const guide = readFileSync(join(__dirname, '../../docs/guides/backtest.md'), 'utf8');
  for (const [name, { served, promotions, daysToPromotion }] of outcomes) {
    const cells = [served.accuracy!.toFixed(4), served.logLoss!.toFixed(4), promotions.length, daysToPromotion];
    expect(guide).toContain(`| ${name} | ${cells.join(' | ')} |`);
  }
});
