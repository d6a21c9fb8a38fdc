import type { DesignEvidence, ExperimentDesign } from '../../src/contracts';
import { decideDesign } from '../../src/domain/experiment-decision';
import type { Progress } from '../../src/domain/experiment-decision';
import { designOf } from '../support/design-input';

type Found = DesignEvidence['comparisons'][number];

const event = { kind: 'event', event: 'order' } as const;
const DAY = 86_400_000;
const metrics = [
  { name: 'orders', role: 'success', type: 'proportion', source: event },
  { name: 'revenue', role: 'success', type: 'mean', source: event },
  { name: 'errors', role: 'guardrail', type: 'mean', source: event, direction: 'lower-is-better', margin: 0.02 },
  { name: 'visits', role: 'secondary', type: 'mean', source: event },
] as const;
const two = designOf({ metrics: [...metrics] });
const three = designOf({
  metrics: [...metrics],
  variants: ['A', 'B', 'C'].map((name, index) => ({ name, weight: [0.4, 0.3, 0.3][index]! })),
});

/** Nothing is shown of any metric. */
function found(variant: string, metric: string, change: Partial<Found> = {}): Found {
  const role = metrics.find(({ name }) => name === metric)!.role;
  const lift = { value: 0.01, low: -0.02, high: 0.04 };
  const numbers = { difference: lift, lift, pValue: 0.4, z: 0.8, bound: 2.4 } as const;
  return {
    variant,
    metric,
    role,
    status: 'ok',
    ...numbers,
    significant: false,
    better: true,
    breached: false,
    ...change,
  };
}

const wins = (variant: string, gain = 0.05) => [
  found(variant, 'orders', { significant: true, z: 4, difference: { value: gain, low: 0.01, high: 0.09 } }),
  found(variant, 'revenue', { significant: true, z: 3 }),
  found(variant, 'errors', { significant: true }),
  found(variant, 'visits'),
];
const loses = (variant: string) => [
  ...wins(variant).slice(1),
  found(variant, 'orders', { significant: true, better: false, z: -4 }),
];
const breaches = (variant: string) => [
  ...wins(variant).filter(({ metric }) => metric !== 'errors'),
  found(variant, 'errors', { breached: true }),
];
const waits = (variant: string) => metrics.map(({ name }) => found(variant, name));

function evidence(comparisons: readonly Found[], change: Partial<DesignEvidence> = {}): DesignEvidence {
  return {
    at: '2026-02-05T00:00:00.000Z',
    exposedTo: '2026-02-02T00:00:00.000Z',
    kind: 'look',
    k: 2,
    status: 'ok',
    units: [...new Set(['A', ...comparisons.map(({ variant }) => variant)])].map((variant) => ({
      variant,
      units: 5_000,
    })),
    sampleRatio: { sequentialP: 1, chiSquareP: 0.5 },
    crossed: 0,
    comparisons,
    ...change,
  };
}

const look: Progress = { kind: 'look', isLast: false, elapsedMs: 14 * DAY, dropped: [] };
const check: Progress = { ...look, kind: 'check' };
const last: Progress = { ...look, isLast: true };
const patient: ExperimentDesign = { ...two, criteria: { ...two.criteria, earlyStop: false } };

describe('one variant', () => {
  test.each<[string, readonly Found[], ExperimentDesign, Progress, string, string | null]>([
    ['all success metrics better, guardrails held', wins('short'), two, look, 'ship', 'short'],
    ['a success metric worse, whatever the others', loses('short'), two, look, 'rollback', null],
    ['a guardrail breached, though it wins', breaches('short'), two, look, 'stop', null],
    ['nothing yet', waits('short'), two, look, 'continue', null],
    ['nothing at the end', waits('short'), two, last, 'inconclusive', null],
    ['a check: a breach stops', breaches('short'), two, check, 'stop', null],
    ['a check: a win does not ship', wins('short'), two, check, 'continue', null],
    ['a check: a loss does not roll back', loses('short'), two, check, 'continue', null],
    ['no early stop: a win waits', wins('short'), patient, look, 'continue', null],
    ['no early stop: a loss waits', loses('short'), patient, look, 'continue', null],
    ['no early stop: a breach does not', breaches('short'), patient, look, 'stop', null],
    ['no early stop: the last look ships', wins('short'), patient, last, 'ship', 'short'],
    [
      'one of two success metrics only',
      [...wins('short').slice(1), found('short', 'orders')],
      two,
      look,
      'continue',
      null,
    ],
    [
      'a guardrail not shown to hold',
      [...wins('short').slice(0, 2), found('short', 'errors')],
      two,
      look,
      'continue',
      null,
    ],
    ['a guardrail without numbers', wins('short').slice(0, 2), two, last, 'inconclusive', null],
    ['before the minimum duration', wins('short'), two, { ...look, elapsedMs: 7 * DAY - 1 }, 'continue', null],
    ['at the minimum duration', wins('short'), two, { ...look, elapsedMs: 7 * DAY }, 'ship', 'short'],
    ['a loss before the minimum duration', loses('short'), two, { ...look, elapsedMs: DAY }, 'rollback', null],
    ['the only variant was dropped', wins('short'), two, { ...look, dropped: ['short'] }, 'stop', null],
  ])('%s', (_name, comparisons, design, progress, decision, variant) => {
    const said = decideDesign(evidence(comparisons), design, progress);
    expect(said).toMatchObject({ decision, variant, drop: [] });
    expect(said.reasons.length).toBeGreaterThan(0);
  });
});

describe('several variants are judged one by one', () => {
  const judged = (b: readonly Found[], c: readonly Found[], progress = look) =>
    decideDesign(evidence([...b, ...c]), three, progress);

  test('the greatest gain on the first success metric ships', () => {
    expect(judged(wins('B', 0.05), wins('C', 0.06))).toMatchObject({ decision: 'ship', variant: 'C' });
    expect(judged(wins('B', 0.07), wins('C', 0.06))).toMatchObject({ decision: 'ship', variant: 'B' });
    const down = {
      ...three,
      metrics: three.metrics.map((metric) => ({ ...metric, direction: 'lower-is-better' as const })),
    };
    const said = decideDesign(evidence([...wins('B', -0.05), ...wins('C', -0.06)]), down, look);
    expect(said).toMatchObject({ decision: 'ship', variant: 'C' });
  });

  test('a breach drops one while the other goes on, at a check too', () => {
    expect(judged(breaches('B'), waits('C'))).toMatchObject({ decision: 'continue', drop: ['B'] });
    expect(judged(breaches('B'), wins('C'))).toMatchObject({ decision: 'ship', variant: 'C', drop: ['B'] });
    expect(judged(breaches('B'), waits('C'), check)).toMatchObject({ decision: 'continue', drop: ['B'] });
    expect(judged(breaches('B'), breaches('C'), check)).toMatchObject({ decision: 'stop', drop: [] });
    expect(judged(breaches('B'), waits('C'), { ...look, dropped: ['C'] })).toMatchObject({ decision: 'stop' });
  });

  test('a loss drops one at a look, and rolls back when none is left', () => {
    expect(judged(loses('B'), waits('C'))).toMatchObject({ decision: 'continue', drop: ['B'] });
    expect(judged(loses('B'), waits('C'), check)).toMatchObject({ decision: 'continue', drop: [] });
    expect(judged(loses('B'), loses('C'))).toMatchObject({ decision: 'rollback', drop: [] });
    expect(judged(loses('B'), breaches('C'))).toMatchObject({ decision: 'rollback' });
    expect(judged(loses('B'), breaches('B'), { ...look, dropped: ['C'] }).decision).not.toBe('ship');
  });

  test('what was dropped cannot win', () => {
    expect(judged(wins('B'), waits('C'), { ...look, dropped: ['B'] })).toMatchObject({ decision: 'continue' });
  });
});

test('a broken split is invalid before anything else', () => {
  const broken = { sampleRatio: { sequentialP: 0.00099, chiSquareP: 0.2 } };
  for (const comparisons of [wins('short'), breaches('short'), loses('short')]) {
    for (const progress of [look, check, last])
      expect(decideDesign(evidence(comparisons, broken), two, progress)).toMatchObject({
        decision: 'invalid',
        drop: [],
      });
  }
  const fine = { sampleRatio: { sequentialP: 0.001, chiSquareP: 1e-9 } };
  expect(decideDesign(evidence(wins('short'), fine), two, look).decision).toBe('ship');
});

test('units in several variants are a warning, from ten and above one in a hundred', () => {
  const reasons = (crossed: number) => decideDesign(evidence(wins('short'), { crossed }), two, look).reasons.join('; ');
  expect(reasons(101)).toContain('warning: 101 of 10000 units');
  expect(reasons(100)).not.toContain('warning');
  const few = { crossed: 9, units: [{ variant: 'A', units: 100 }] };
  expect(decideDesign(evidence(wins('short'), few), two, look).reasons.join()).not.toContain('warning');
});

test('reasons name the metric, the numbers and the bound', () => {
  const reasons = (comparisons: readonly Found[], change: Partial<DesignEvidence> = {}, progress = look) =>
    decideDesign(evidence(comparisons, change), two, progress).reasons;
  expect(reasons(wins('short'))).toEqual([
    'orders of short is significantly better: lift 0.01 (-0.02 to 0.04), z 4 against the bound 2.4 at look 2',
    'revenue of short is significantly better: lift 0.01 (-0.02 to 0.04), z 3 against the bound 2.4 at look 2',
    'errors of short loses less than its margin 0.02: lift 0.01 (-0.02 to 0.04)',
  ]);
  expect(reasons(breaches('short'))).toEqual([
    'errors of short is worse than its margin 0.02: lift 0.01 (-0.02 to 0.04), by the always-valid bound',
  ]);
  expect(reasons(waits('short'), { status: 'below-minimum' })).toEqual([
    'look 2 found fewer than 100 units in a variant',
  ]);
  expect(reasons(waits('short'), { status: 'no-new-information' })).toEqual(['look 2 found no new units']);
  expect(reasons(waits('short'), { status: 'no-data' })).toEqual(['look 2 found no units in a variant']);
  expect(reasons(wins('short'), {}, { ...look, elapsedMs: 3 * DAY }).at(-1)).toBe(
    '3 days of exposure: nothing ships before 1w',
  );
  const none = { status: 'no-variation', lift: null, z: null, bound: null } as const;
  expect(reasons([found('short', 'orders', none), ...wins('short').slice(1)])).toContain(
    'orders of short shows nothing yet: all units are alike',
  );
});
