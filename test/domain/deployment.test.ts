import type { LedgerEntry, Rollout } from '../../src/contracts';
import { broughtToServe, decide, fallbacksOf, refuse, servingOf } from '../../src/domain/deployment';
import { serving } from '../support/specs';

const target = { model: 'm', environment: 'production' };
const common = { key: 'k', reason: 'r', who: 'w', effectiveAt: '2012-01-01T00:00:00.000Z' };
const rollout = { id: 'r', version: 3, phase: 'stepping' } as Rollout;
const split = { experiment: 'rollout/r', seed: 'r', unit: 'unit' as const, allocation: 0.1 };

test.each([
  [serving(), rollout, 4, 'rollout r of version 3 is under way (stepping)'],
  [serving(), null, 2, 'the champion already'],
  [serving({ challenger: 3, split: { ...split, experiment: 'e' } }), null, 4, 'experiment e already'],
  [null, null, 4, 'nothing is deployed'],
])('a rollout is refused', (state, underWay, version, words) => {
  expect(refuse(state, { ...common, action: 'begin-rollout', version }, underWay)).toContain(words);
});

test('a rollout may begin beside a champion that serves alone', () => {
  expect(refuse(serving(), { ...common, action: 'begin-rollout', version: 3 })).toBeNull();
});

test("a rollout's split gives way to another, an experiment's does not", () => {
  const other = { ...common, action: 'set-traffic', challenger: 4, split: { ...split, experiment: 'e' } } as const;
  expect(refuse(serving({ challenger: 3, split, rollout: 'r' }), other)).toBeNull();
  expect(refuse(serving({ challenger: 3, split }), other)).toContain('experiment rollout/r');
});

test('a division of traffic that takes another champion for granted is refused, given back or not', () => {
  const divided = { ...common, action: 'set-traffic', challenger: 3, split } as const;
  const given = { ...divided, challenger: null, split: null };
  for (const decision of [divided, given]) {
    expect(refuse(serving(), { ...decision, champion: 1 })).toBe('champion is 1: version 2 serves by now');
    expect(refuse(serving(), { ...decision, champion: 2 })).toBeNull();
    expect(refuse(serving(), decision)).toBeNull();
  }
});

test('a rollout begins without a change, steps, and every other decision ends it', () => {
  const begun = decide(target, serving(), { ...common, action: 'begin-rollout', version: 3 });
  expect(begun).toMatchObject({ champion: 2, previous: 1, challenger: null, split: null, rollout: 'k', token: 5 });
  const step = { ...common, action: 'set-traffic', challenger: 3, split, rollout: 'k' } as const;
  const stepped = decide(target, servingOf(begun), step);
  expect(stepped).toMatchObject({ champion: 2, challenger: 3, split, rollout: 'k' });
  const shadowed = decide(target, serving(), { ...step, challenger: null, split: null, shadow: 3 });
  expect(shadowed).toMatchObject({ champion: 2, challenger: null, shadow: 3, rollout: 'k' });
  for (const state of [stepped, shadowed].map(servingOf)) {
    const aborted = decide(target, state, { ...common, action: 'abort' });
    expect(servingOf(aborted)).toEqual({ ...serving(), token: state.token + 1, effectiveAt: common.effectiveAt });
    expect(servingOf(decide(target, state, { ...common, action: 'promote', version: 3 }))).toEqual({
      ...serving(),
      token: state.token + 1,
      champion: 3,
      previous: 2,
      effectiveAt: common.effectiveAt,
    });
  }
});

test('an entry carries run, evidence, origin and clock, and no field that nobody gave', () => {
  const given = {
    by: { workflowId: 'w', runId: 'r' },
    evidence: ['accuracy'],
    origin: { environment: 'staging', token: 7 },
    clock: 'data',
  } as const;
  expect(decide(target, null, { ...common, ...given, action: 'deploy', version: 1 })).toMatchObject(given);
  const plain = decide(target, null, { ...common, evidence: [], by: undefined, action: 'deploy', version: 1 });
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['by']));
  expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['evidence']));
});

test.each([
  [{ action: 'deploy', version: 5 }, 5],
  [{ action: 'begin-rollout', version: 5 }, 5],
  [{ action: 'promote', version: 5 }, 5],
  [{ action: 'roll-back' }, 1],
  [{ action: 'roll-back', version: 5 }, 5],
  [{ action: 'set-traffic', challenger: 5, split }, 5],
  [{ action: 'set-traffic', challenger: null, split: null, shadow: 5 }, 5],
  [{ action: 'set-traffic', challenger: null, split: null }, null],
  [{ action: 'abort' }, null],
] as const)('%j brings %p to traffic', (decision, version) => {
  expect(broughtToServe(serving(), { ...common, ...decision })).toBe(version);
});

describe('what may serve in the place of a version', () => {
  const history = (...lines: (readonly [LedgerEntry['action'], number])[]): LedgerEntry[] =>
    lines.map(([action, champion], k) => ({
      ...serving({ champion, token: k + 1 }),
      ...common,
      action,
      recordedAt: '',
    }));

  test.each([
    [history(['deploy', 1]), 1, []],
    [history(['deploy', 1], ['promote', 2]), 2, [1]],
    [history(['deploy', 1], ['promote', 2], ['set-traffic', 2], ['promote', 3]), 3, [2, 1]],
    // 3 was rolled back from: it is no way back from 2.
    [history(['deploy', 1], ['deploy', 2], ['deploy', 3], ['roll-back', 2]), 2, [1]],
    [history(['deploy', 1], ['deploy', 2], ['deploy', 1]), 1, [2]],
    [history(['deploy', 1], ['roll-back', 5], ['abort', 5]), 5, [1]],
  ])('%#', (entries, version, expected) => expect(fallbacksOf(entries, version)).toEqual(expected));
});
