import type {
  CanaryStrategy,
  DeployCommand,
  Guardrail,
  Rollout,
  RolloutEvidence,
  RolloutSide,
  StagedStrategy,
} from '../../src/contracts';
import { afterMove, beginRollout, endOf, found, holdAgain, judgeStep, nextMove } from '../../src/domain/rollout';
import { many } from '../support/rows';
import { serving } from '../support/specs';

const T0 = '2012-01-01T00:00:00.000Z';
const canary: CanaryStrategy = {
  kind: 'canary',
  probes: 10,
  steps: [
    { allocation: 0.1, hold: '1h' },
    { allocation: 0.5, hold: '2h' },
  ],
  guardrails: [],
  minimumRows: 100,
};
const blueGreen: StagedStrategy = { kind: 'blue-green', probes: 10, drain: '10m' };
const shadow: StagedStrategy = { kind: 'shadow', probes: 10, hold: '1d', guardrails: [], minimumRows: 100 };
const command: DeployCommand = { key: 'k', version: 3, who: 'ops', reason: 'better', effectiveAt: '2012-01-01' };
const rollout = (strategy: StagedStrategy, change: Partial<Rollout> = {}): Rollout => ({
  ...beginRollout(command, strategy, serving()),
  ...change,
});

/** The moves and phases of a rollout that passes everything. */
function path(strategy: StagedStrategy): string[] {
  const steps: string[] = [];
  for (let at: Rollout | null = rollout(strategy); at !== null;) {
    const move = nextMove(at);
    at = afterMove(at, move, T0);
    steps.push(`${move.kind}${move.kind === 'split' ? ` ${move.allocation}` : ''}: ${at?.phase ?? 'over'}`);
    if (at !== null) steps.push(at.dueAt!.slice(0, 16));
  }
  return steps;
}

describe('the way of a rollout', () => {
  test('begins by verifying, at once, beside the champion', () => {
    expect(rollout(canary)).toMatchObject({
      id: 'k',
      from: 2,
      phase: 'verifying',
      since: T0,
      dueAt: null,
      clock: 'wall',
    });
    expect(beginRollout({ ...command, reportTo: 'w', clock: 'data' }, canary, null)).toMatchObject({
      from: null,
      clock: 'data',
      reportTo: 'w',
    });
  });

  test.each([
    [canary, ['split 0.1: stepping', '2012-01-01T01:00', 'split 0.5: stepping', '2012-01-01T02:00', 'promote: over']],
    [blueGreen, ['promote: draining', '2012-01-01T00:10', 'end: over']],
    [shadow, ['shadow: shadowing', '2012-01-02T00:00', 'promote: over']],
  ])('%j', (strategy, steps) => expect(path(strategy)).toEqual(steps));

  test('held again it waits as long again and keeps the rows since the step began', () => {
    const step = rollout(canary, { phase: 'stepping', step: 1, since: T0, dueAt: '2012-01-01T02:00:00.000Z' });
    const held = holdAgain(step, '2012-01-01T02:00:03.000Z');
    expect(held).toMatchObject({ held: 1, since: T0, dueAt: '2012-01-01T04:00:03.000Z' });
    expect(afterMove({ ...held, step: 0 }, { kind: 'split', step: 1, allocation: 0.5 }, T0)!.held).toBe(0);
    expect(holdAgain(rollout(shadow), T0).dueAt).toBe('2012-01-02T00:00:00.000Z');
  });

  test('the last twenty findings are kept; an end has its reason, or them', () => {
    const full = many(25, (k) => `f${k}`).reduce((now, finding) => found(now, [finding]), rollout(canary));
    expect(full.findings).toEqual(many(20, (k) => `f${k + 5}`));
    expect(endOf(full, 'promoted', T0).reasons).toBe(full.findings);
    expect(endOf(full, 'aborted', T0, 'why')).toEqual({
      id: 'k',
      version: 3,
      outcome: 'aborted',
      at: T0,
      reasons: ['why'],
    });
  });
});

describe('judging a step', () => {
  const side = (version: number, change: Partial<RolloutSide['performance']> = {}, rows = 200): RolloutSide => ({
    version,
    rows,
    positives: rows / 2,
    performance: { n: 200, correct: 150, accuracy: 0.75, logLoss: 0.5, auroc: 0.8, ...change },
  });
  const evidence = (challenger: RolloutSide, pValues: RolloutEvidence['pValues'] = {}): RolloutEvidence => ({
    champion: side(2),
    challenger,
    paired: false,
    pValues,
  });
  const judge = (metric: Guardrail['metric'], tolerance: number, what: RolloutEvidence, held = 0) =>
    judgeStep({ guardrails: [{ metric, tolerance }], minimumRows: 100 }, held, what);

  test.each([
    // metric, tolerance, the challenger's value, p, verdict
    ['accuracy', 0.05, { accuracy: 0.69 }, 0.05, 'abort'],
    ['accuracy', 0.05, { accuracy: 0.69 }, 0.051, 'go-on'],
    ['accuracy', 0.05, { accuracy: 0.69 }, null, 'go-on'],
    ['accuracy', 0.05, { accuracy: 0.71 }, 0.001, 'go-on'],
    ['accuracy', 0, { accuracy: 0.99 }, 0.001, 'go-on'],
    ['logLoss', 0.1, { logLoss: 0.7 }, 0.001, 'abort'],
    ['logLoss', 0.1, { logLoss: 0.3 }, 0.001, 'go-on'],
    ['logLoss', 0.1, { logLoss: null }, 0.001, 'go-on'],
    ['auroc', 0.01, { auroc: 0.5 }, null, 'go-on'],
  ] as const)('%s, tolerance %d, challenger %j, p %p: %s', (metric, tolerance, change, pValue, verdict) => {
    expect(judge(metric, tolerance, evidence(side(3, change), { [metric]: pValue })).verdict).toBe(verdict);
  });

  test.each([
    [60, 'abort'],
    [140, 'abort'],
    [96, 'go-on'],
  ])('%d positives of 200 against 100: %s', (positives, verdict) => {
    const what = evidence({ ...side(3, { n: 0 }), positives }, { positiveRate: 0.001 });
    expect(judge('positiveRate', 0.05, what).verdict).toBe(verdict);
  });

  test('an abort says the numbers', () => {
    const { findings } = judge('accuracy', 0.05, evidence(side(3, { accuracy: 0.6 }), { accuracy: 1e-9 }));
    expect(findings).toEqual(['accuracy 0.6 on 200 rows, champion 0.75 on 200; 0.05 tolerated, p < 0.0001']);
  });

  test.each([
    [0, 'hold'],
    [2, 'hold'],
    [3, 'abort'],
  ])('too few rows, held %d times: %s', (held, verdict) => {
    const few = evidence(side(3, { n: 99, accuracy: 0 }), { accuracy: 0 });
    expect(judge('accuracy', 0, few, held).verdict).toBe(verdict);
    expect(judge('accuracy', 0, few, held).findings[0]).toContain('too few rows: 99 with an outcome of version 3, 100');
  });

  test('only a guardrail on outcomes needs outcomes; none needs rows alone', () => {
    const unlabelled = evidence(side(3, { n: 0 }));
    expect(judge('positiveRate', 0, unlabelled).verdict).toBe('go-on');
    expect(judge('accuracy', 0, unlabelled).verdict).toBe('hold');
    const free = { guardrails: [], minimumRows: 100 };
    expect(judgeStep(free, 0, unlabelled)).toEqual({
      verdict: 'go-on',
      findings: ['200 rows of version 3, 200 of version 2'],
    });
    expect(judgeStep(free, 0, evidence(side(3, {}, 99))).verdict).toBe('hold');
  });
});
