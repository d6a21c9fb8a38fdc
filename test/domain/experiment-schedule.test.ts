import type { DesignState } from '../../src/contracts';
import {
  endOfExposure,
  exposureMs,
  maturityMs,
  nextStep,
  plannedLooksOf,
  stepOfRamp,
  weightsWithout,
} from '../../src/domain/experiment-schedule';
import type { DueStep } from '../../src/domain/experiment-schedule';
import { durationMs, iso, ms } from '../../src/domain/time';
import { designOf } from '../support/design-input';

const START = '2026-03-16T00:00:00.000Z';
const at = (days: number) => iso(ms(START) + days * 86_400_000);

type State = Parameters<typeof nextStep>[1];

function running(design: ReturnType<typeof designOf>, change: Partial<DesignState> = {}): State {
  return {
    phase: 'running',
    start: START,
    end: endOfExposure(START, design.duration),
    step: 0,
    stepAt: START,
    looks: [],
    lastCheck: null,
    ...change,
  };
}

/** Everything that is due over a whole experiment that never decides. */
function course(design: ReturnType<typeof designOf>, first: State = running(design)): DueStep[] {
  const steps: DueStep[] = [];
  let state = first;
  for (let step = nextStep(design, state); step !== null && steps.length < 500; step = nextStep(design, state)) {
    steps.push(step);
    const look = { ...step } as never;
    if (step.kind === 'look') state = { ...state, looks: [...state.looks, look] };
    if (step.kind === 'check') state = { ...state, lastCheck: look };
    if (step.kind === 'ramp') state = { ...state, step: step.step, stepAt: step.at };
  }
  return steps;
}

const of = (steps: readonly DueStep[], kind: DueStep['kind']) => steps.filter((step) => step.kind === kind);

test('looks are evenly spread and fall when the windows of their units are over', () => {
  const looks = of(course(designOf()), 'look');
  expect(looks).toEqual([1, 2, 3, 4].map((k) => ({ kind: 'look', k, exposedTo: at(7 * k), at: at(7 * k + 3) })));
});

test('a change to summer time inside the weeks moves no boundary', () => {
  const zone = process.env.TZ;
  const inZone = (name: string) => {
    process.env.TZ = name;
    return course(designOf());
  };
  try {
    expect(inZone('Europe/Berlin')).toEqual(inZone('UTC'));
    expect(inZone('America/New_York')).toEqual(inZone('UTC'));
    expect(of(inZone('Europe/Berlin'), 'look').map(({ at: time }) => time.slice(11))).toEqual(
      Array.from({ length: 4 }, () => '00:00:00.000Z'),
    );
  } finally {
    process.env.TZ = zone;
  }
});

test('a check a day from the first on, until nobody new comes and the slowest guardrail has had its window', () => {
  const source = { kind: 'event', event: 'error' } as const;
  const guardrail = { role: 'guardrail', type: 'mean', source, margin: 0.02 } as const;
  const design = designOf({
    metrics: [
      { name: 'orders', role: 'success', type: 'proportion', source: { kind: 'event', event: 'order' } },
      { name: 'errors', ...guardrail, conversionWindow: '1d' },
      { name: 'returns', ...guardrail, conversionWindow: '14d' },
    ],
  });
  const checks = of(course(design), 'check');
  expect(checks[0]).toEqual({ kind: 'check', at: at(1), exposedTo: at(1) });
  expect(checks.at(-1)).toEqual({ kind: 'check', at: at(42), exposedTo: at(28) });
  expect(checks).toHaveLength(42);
});

test('without guardrails the split is checked from the first day on', () => {
  expect(of(course(designOf()), 'check')[0]).toEqual({ kind: 'check', at: at(1), exposedTo: at(1) });
});

test('always-valid plans look at every interval and check nothing between', () => {
  const design = designOf({ duration: '10d', sequential: { kind: 'always-valid' }, checkEvery: '3d' });
  const steps = course(design);
  expect(of(steps, 'check')).toEqual([]);
  expect(steps.map((step) => (step.kind === 'look' ? [step.k, step.exposedTo] : null))).toEqual([
    [1, at(3)],
    [2, at(6)],
    [3, at(9)],
    [4, at(10)],
  ]);
  expect(plannedLooksOf(design, 10 * 86_400_000)).toBe(4);
});

test('ramp steps are held for their time, then the allocation is reached', () => {
  const design = designOf({
    allocation: 0.8,
    ramp: [
      { coverage: 0.05, hold: '1d' },
      { coverage: 0.25, hold: '2d' },
    ],
  });
  expect(of(course(design), 'ramp')).toEqual([
    { kind: 'ramp', at: at(1), coverage: 0.25, step: 1 },
    { kind: 'ramp', at: at(3), coverage: 0.8, step: 2 },
  ]);
});

test('a check stands before the ramp of the same time: nobody new comes in after a breach', () => {
  const design = designOf({ ramp: [{ coverage: 0.1, hold: '1d' }] });
  expect(course(design).slice(0, 2)).toMatchObject([
    { kind: 'check', at: at(1) },
    { kind: 'ramp', at: at(1) },
  ]);
});

test('everything is in the order of its time', () => {
  const times = course(designOf({ ramp: [{ coverage: 0.1, hold: '9d' }] })).map(({ at: time }) => time);
  expect(times).toEqual([...times].sort());
});

test('an extension spreads the looks that are left; those taken stay', () => {
  const design = designOf();
  const taken = running(design, {
    end: endOfExposure(START, '56d'),
    looks: [{ k: 1 } as never],
  });
  expect(of(course(design, taken), 'look').map((step) => (step.kind === 'look' ? step.exposedTo : ''))).toEqual([
    at(28),
    at(42),
    at(56),
  ]);
});

test('a draft has nothing due, a scheduled one its start, a decided one nothing', () => {
  const design = designOf();
  expect(nextStep(design, running(design, { phase: 'draft' }))).toBeNull();
  expect(nextStep(design, running(design, { phase: 'scheduled' }))).toEqual({ kind: 'begin', at: START });
  expect(nextStep(design, running(design, { phase: 'decided' }))).toBeNull();
});

test('the longest window is what a unit waits for; exposure is counted in milliseconds', () => {
  const source = { kind: 'event', event: 'x' } as const;
  const design = designOf({
    metrics: [
      { name: 'a', role: 'success', type: 'mean', source, conversionWindow: '1h' },
      { name: 'b', role: 'secondary', type: 'mean', source, conversionWindow: '9d' },
    ],
  });
  expect(maturityMs(design)).toBe(durationMs('9d'));
  expect(exposureMs({ start: START, end: at(2) })).toBe(2 * 86_400_000);
});

test('shares without a dropped variant sum to 1 and keep their proportions', () => {
  const design = designOf({
    variants: [
      { name: 'control', weight: 0.5 },
      { name: 'a', weight: 0.3 },
      { name: 'b', weight: 0.2 },
    ],
  });
  expect(weightsWithout(design, [])).toEqual([0.5, 0.3, 0.2]);
  const [control, a, b] = weightsWithout(design, ['a']);
  expect(a).toBe(0);
  expect(control! + b!).toBeCloseTo(1, 12);
  expect(control! / b!).toBeCloseTo(2.5, 12);
});

test.each([
  [0.02, 0],
  [0.05, 0],
  [0.2, 0],
  [0.25, 1],
  [0.6, 1],
  [0.8, 2],
  [1, 2],
])('after a person chose %d the ramp goes on from step %i', (coverage, step) => {
  const ramp = [
    { coverage: 0.05, hold: '1d' },
    { coverage: 0.25, hold: '2d' },
  ];
  expect(stepOfRamp(designOf({ allocation: 0.8, ramp }), coverage)).toBe(step);
});
