import { eventually } from '../support/environment';
import { blueGreen, canary, Rollouts, shadow } from '../support/rollouts';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

// Every activation replays the workflow from its first event.
const rollouts = new Rollouts({ maxCachedWorkflows: 0 });
beforeAll(() => rollouts.open());
afterAll(() => rollouts.close());

describe('a canary', () => {
  test('that does well goes step by step to champion, each line with its run and evidence', async () => {
    const target = await rollouts.deployed();
    expect(await rollouts.begin(target, canary)).toMatchObject({ action: 'begin-rollout', champion: 1, rollout: 'r' });
    await rollouts.reached(target, 'stepping');
    expect((await rollouts.status(target)).nextDueAt).toBe(hour(60));
    await rollouts.log(target, 20, { version: 1, rows: 20, right: 0.9 }, { version: 2, rows: 20, right: 0.9 });
    await rollouts.moveTo(target, 60);
    await rollouts.reached(target, 'stepping', 1);
    await rollouts.log(target, 60, { version: 1, rows: 20, right: 0.9 }, { version: 2, rows: 20, right: 0.9 });
    await rollouts.moveTo(target, 100);
    const end = await rollouts.ended(target, 'promoted');
    expect(end).toMatchObject({ id: 'r', version: 2, at: hour(100) });
    expect(await rollouts.lines(target)).toEqual([
      'deploy 1 – – – –',
      'begin-rollout 1 – – – r',
      'set-traffic 1 2 0.1 – r',
      'set-traffic 1 2 0.5 – r',
      'promote 2 – – – –',
    ]);
    const [, , first, second, last] = await rollouts.history(target);
    expect(first).toMatchObject({
      key: 'r/step-1',
      who: 'ops',
      reason: 'canary step 1 of 2: 10 % of the traffic',
      effectiveAt: hour(20),
      split: { experiment: 'rollout/r', seed: 'r', unit: 'unit' },
      by: { workflowId: `deployment:${target.model}:production` },
      evidence: ['5 probes scored'],
    });
    expect(second).toMatchObject({ key: 'r/step-2', effectiveAt: hour(60) });
    expect(last).toMatchObject({ key: 'r/promote', previous: 1, effectiveAt: hour(100) });
    expect(last!.evidence).toHaveLength(3);
    expect(last!.evidence![1]).toContain('accuracy 0.9 on 20 rows, champion 0.9 on 20');
    expect((await rollouts.status(target)).settledThrough).toBe(hour(100));
  });

  test('that does badly is aborted by itself, with the numbers', async () => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, canary);
    await rollouts.reached(target, 'stepping');
    await rollouts.log(target, 20, { version: 1, rows: 20, right: 0.9 }, { version: 2, rows: 20, right: 0.5 });
    await rollouts.moveTo(target, 60);
    const end = await rollouts.ended(target, 'aborted');
    expect(end.reasons[0]).toContain('accuracy 0.5 on 20 rows, champion 0.9 on 20');
    const last = (await rollouts.history(target)).at(-1)!;
    expect(last).toMatchObject({ action: 'abort', key: 'r/abort', champion: 1, challenger: null, split: null });
    expect(last.reason).toContain('aborted: accuracy 0.5 on 20 rows');
    expect(last.evidence).toEqual(['5 probes scored', end.reasons[0]]);
    expect(await rollouts.loop.client.deployments.current(target)).not.toHaveProperty('rollout');
  });

  test.each([
    [0.1, 'aborted', 'abort 1 – – – –'],
    [0.6, 'promoted', 'promote 2 – – – –'],
  ] as const)('that ranks worse, with %d of AUROC tolerated, is %s', async (tolerance, outcome, line) => {
    const target = await rollouts.deployed();
    const steps = [{ allocation: 0.5, hold: '80h' }];
    await rollouts.begin(target, { ...canary, steps, guardrails: [{ metric: 'auroc', tolerance }] });
    await rollouts.reached(target, 'stepping');
    await rollouts.log(target, 20, { version: 1, rows: 40, right: 0.9 }, { version: 2, rows: 40, right: 0.5 });
    await rollouts.moveTo(target, 100);
    const end = await rollouts.ended(target, outcome);
    expect(end.reasons.at(-1)).toMatch(
      /^auroc 0\.\d+ on 40 rows, champion 0\.\d+ on 40; 0\.\d tolerated, p (< )?0\.\d+$/,
    );
    expect((await rollouts.lines(target)).at(-1)).toBe(line);
  });

  test('without rows is held three times, then aborted', async () => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, canary);
    await rollouts.reached(target, 'stepping');
    for (const [held, k] of [60, 100, 140].entries()) {
      await rollouts.moveTo(target, k);
      await eventually(async () => (await rollouts.status(target)).rollout!.held === held + 1);
    }
    expect((await rollouts.status(target)).rollout).toMatchObject({ since: hour(20), dueAt: hour(180) });
    await rollouts.moveTo(target, 180);
    expect((await rollouts.ended(target, 'aborted')).reasons[0]).toContain('too few rows');
  });
});

describe('blue-green', () => {
  test('switches once verified, drains, and keeps blue to go back to', async () => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, blueGreen);
    await rollouts.reached(target, 'draining');
    expect(await rollouts.loop.client.deployments.current(target)).toMatchObject({ champion: 2, previous: 1 });
    await expect(rollouts.begin(target, canary, { key: 'again', version: 3 })).rejects.toMatchObject({
      cause: { type: 'loopwright.Conflict', message: expect.stringContaining('rollout r of version 2') },
    });
    await rollouts.moveTo(target, 60);
    await rollouts.ended(target, 'promoted');
    expect(await rollouts.lines(target)).toEqual(['deploy 1 – – – –', 'begin-rollout 1 – – – r', 'promote 2 – – – –']);
  });

  test('on the wall clock it needs no watermark', async () => {
    const target = await rollouts.deployed();
    await rollouts.begin(
      target,
      { ...blueGreen, drain: '50ms' },
      { clock: undefined, effectiveAt: new Date().toISOString() },
    );
    await rollouts.ended(target, 'promoted');
    expect((await rollouts.history(target)).at(-1)!.champion).toBe(2);
  });

  test('rolled back while it drains: blue serves, the rollout is overridden', async () => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, blueGreen);
    await rollouts.reached(target, 'draining');
    await rollouts.update(target, 'rollBack', { key: 'back', effectiveAt: hour(30) });
    await rollouts.ended(target, 'overridden');
    expect((await rollouts.lines(target)).at(-1)).toBe('roll-back 1 – – – –');
  });
});

describe('shadow', () => {
  test.each([
    [2, 'promoted', 'promote 2 – – – –'],
    [3, 'aborted', 'abort 1 – – – –'],
  ] as const)('version %d scores what the champion serves: %s', async (version, outcome, line) => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, shadow, { version });
    await rollouts.reached(target, 'shadowing');
    expect(await rollouts.loop.client.deployments.current(target)).toMatchObject({
      champion: 1,
      shadow: version,
      split: null,
    });
    await rollouts.log(target, 20, { version: 1, rows: 30, right: 0.9 });
    await rollouts.moveTo(target, 60);
    await rollouts.ended(target, outcome);
    expect((await rollouts.lines(target)).slice(2)).toEqual([`set-traffic 1 – – ${version} r`, line]);
  });
});

test.each([
  [{ kind: 'rolling' }, 'strategy.kind is "rolling": expected one of direct, blue-green, canary, shadow'],
  [{ ...canary, steps: [] }, 'strategy.steps is []: expected 1 to 20 steps'],
  [{ ...canary, steps: [{ allocation: 1, hold: '1h' }] }, 'strategy.steps.0.allocation is 1'],
  [
    {
      ...canary,
      steps: [
        { allocation: 0.5, hold: '1h' },
        { allocation: 0.5, hold: '1h' },
      ],
    },
    'strategy.steps.1.allocation is 0.5: expected more than 0.5',
  ],
  [{ ...canary, steps: [{ allocation: 0.5, hold: '1y' }] }, 'strategy.steps.0.hold is "1y"'],
  [{ ...blueGreen, drain: '0s' }, 'strategy.drain is "0s"'],
  [{ ...blueGreen, probes: -1 }, 'strategy.probes is -1'],
  [{ ...shadow, hold: 5 }, 'strategy.hold is 5'],
  [{ ...shadow, minimumRows: 0 }, 'strategy.minimumRows is 0'],
  [{ ...shadow, guardrails: [{ metric: 'rmse', tolerance: 1 }] }, 'strategy.guardrails.0.metric is "rmse"'],
  [{ ...shadow, guardrails: [{ metric: 'auroc', tolerance: -1 }] }, 'strategy.guardrails.0.tolerance is -1'],
  [{ ...shadow, guardrails: null }, 'strategy.guardrails is null'],
  ['canary', 'strategy is "canary"'],
])('a strategy of %j is refused before anything changes', async (strategy, words) => {
  const target = await rollouts.deployed();
  await expect(rollouts.begin(target, strategy)).rejects.toMatchObject({
    cause: { type: 'loopwright.InvalidSpec', message: expect.stringContaining(words) },
  });
  expect(await rollouts.history(target)).toHaveLength(1);
});
