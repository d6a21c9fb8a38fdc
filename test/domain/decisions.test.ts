import { decide, refuse, remember } from '../../src/domain/deployment';
import { decideLook, exposureEnd, plannedLooks } from '../../src/domain/experiment';
import { judgeGate, outcomeOf } from '../../src/domain/retraining';
import { experimentSpec, look, serving } from '../support/specs';

describe('planned looks', () => {
  test('eight weeks have eight looks, each judged one maturity later', () => {
    const spec = experimentSpec();
    const looks = plannedLooks(spec, exposureEnd(spec));
    expect(looks).toHaveLength(8);
    expect(looks[0]).toEqual({ k: 1, exposedTo: '2011-12-12T00:00:00.000Z', at: '2011-12-19T00:00:00.000Z' });
    expect(looks[7]).toEqual({ k: 8, exposedTo: '2012-01-30T00:00:00.000Z', at: '2012-02-06T00:00:00.000Z' });
  });

  test.each([
    ['10d', 2, '2011-12-15T00:00:00.000Z'],
    ['3d', 1, '2011-12-08T00:00:00.000Z'],
  ])('%s has %d, the last at its end', (duration, n, end) => {
    const spec = experimentSpec({ duration });
    const looks = plannedLooks(spec, exposureEnd(spec));
    expect(looks).toHaveLength(n);
    expect(looks.at(-1)!.exposedTo).toBe(end);
  });
});

describe('what a look decides', () => {
  const spec = experimentSpec();

  test.each([
    [{ sampleRatioP: 0.0009, z: 9 }, false, 'invalid'],
    [{ z: 3.48 }, false, 'ship'],
    [{ z: -3.5 }, false, 'rollback'],
    [{ z: 3.4 }, false, 'continue'],
    [{ z: 3.4 }, true, 'inconclusive'],
    [{ z: 9, status: 'below-minimum', bound: null }, true, 'inconclusive'],
    [{ z: null, bound: null, status: 'no-data' }, false, 'continue'],
    [{ z: null, bound: null, status: 'no-new-information' }, true, 'inconclusive'],
    [{ z: 9, bound: null }, true, 'inconclusive'],
  ] as const)('%j, last %p: %s', (change, isLast, decision) => {
    const verdict = decideLook(spec, look(change), isLast);
    expect(verdict.decision).toBe(decision);
    expect(verdict.reasons[0]).toMatch(/.{10}/);
  });

  test('without early stopping only a broken split decides before the last look', () => {
    const patient = experimentSpec({ earlyStop: false });
    expect(decideLook(patient, look({ z: 9 }), false).decision).toBe('continue');
    expect(decideLook(patient, look({ sampleRatioP: 1e-9 }), false).decision).toBe('invalid');
    expect(decideLook(patient, look({ z: 9 }), true).decision).toBe('ship');
  });
});

describe('the gate', () => {
  const side = (accuracy: number | null, logLoss = 0.5) => ({ n: 200, correct: 1, accuracy, logLoss, auroc: null });
  const gate = (
    metric: 'accuracy' | 'logLoss',
    champion: ReturnType<typeof side>,
    challenger: ReturnType<typeof side>,
  ) => judgeGate({ metric, championVersion: 1, champion, challenger }).pass;

  test.each([
    [0.8, 0.81, true],
    [0.8, 0.8, true],
    [0.8, 0.79, false],
  ])('accuracy %d against %d passes: %p', (a, b, pass) => {
    expect(gate('accuracy', side(a), side(b))).toBe(pass);
  });

  test('log loss is better when lower; what cannot be computed does not pass', () => {
    expect(gate('logLoss', side(0.8, 0.5), side(0.1, 0.4))).toBe(true);
    expect(gate('logLoss', side(0.8, 0.5), side(0.9, 0.6))).toBe(false);
    expect(gate('accuracy', side(0.8), side(null))).toBe(false);
  });

  test('each end of an experiment is an end of the retraining', () => {
    const ends = (['ship', 'rollback', 'stop', 'invalid', 'inconclusive'] as const).map((decision) =>
      outcomeOf({ decision }),
    );
    expect(ends).toEqual(['promoted', 'rolled-back', 'inconclusive', 'inconclusive', 'inconclusive']);
  });
});

describe('the deployment', () => {
  const common = { key: 'k', reason: 'r', who: 'w', effectiveAt: '2012-01-01T00:00:00.000Z' };
  const target = { model: 'm', environment: 'production' };
  const split = { experiment: 'e', seed: 's', unit: 'predictionId' as const, allocation: 0.5 };

  test.each([
    [null, { ...common, action: 'promote', version: 2 }, 'nothing is deployed'],
    [serving({ previous: null }), { ...common, action: 'roll-back' }, 'nothing to roll back to'],
    [serving(), { ...common, action: 'roll-back', version: 2 }, 'what serves already'],
    [serving(), { ...common, action: 'set-traffic', challenger: 2, split }, 'champion already'],
    [serving(), { ...common, action: 'set-traffic', challenger: null, split }, 'needs a challenger'],
    [
      serving({ challenger: 3, split: { ...split, experiment: 'other' } }),
      { ...common, action: 'set-traffic', challenger: 4, split },
      'experiment other',
    ],
  ] as const)('%j refuses %j', (state, decision, words) => expect(refuse(state, decision)).toContain(words));

  test('every decision takes the next token; the first is 1', () => {
    expect(decide(target, null, { ...common, action: 'deploy', version: 1 })).toMatchObject({
      token: 1,
      champion: 1,
      previous: null,
    });
    expect(decide(target, serving(), { ...common, action: 'deploy', version: 5 })).toMatchObject({
      token: 5,
      champion: 5,
      previous: 2,
    });
  });

  test('a promotion ends the split and remembers the champion before', () => {
    const next = decide(target, serving({ challenger: 3, split }), { ...common, action: 'promote', version: 3 });
    expect(next).toMatchObject({ champion: 3, previous: 2, challenger: null, split: null });
  });

  test('a roll-back goes to the previous champion, which is then no previous one', () => {
    expect(decide(target, serving(), { ...common, action: 'roll-back' })).toMatchObject({
      champion: 1,
      previous: null,
      split: null,
    });
  });

  test('traffic keeps champion and previous', () => {
    expect(decide(target, serving(), { ...common, action: 'set-traffic', challenger: 3, split })).toMatchObject({
      champion: 2,
      previous: 1,
      challenger: 3,
      split,
    });
    expect(
      decide(target, serving({ challenger: 3, split }), {
        ...common,
        action: 'set-traffic',
        challenger: null,
        split: null,
      }),
    ).toMatchObject({ challenger: null, split: null });
  });

  test('the last two hundred keys are remembered, each once', () => {
    let keys: readonly string[] = [];
    for (let k = 0; k < 250; k += 1) keys = remember(remember(keys, `k${k}`), `k${k}`);
    expect(keys).toHaveLength(200);
    expect(keys.at(-1)).toBe('k249');
    expect(keys[0]).toBe('k50');
  });
});
