import { MINIMUM_PER_ARM } from '../src/contracts';
import type { Arm, ExperimentActivities, ExperimentPlan, ExperimentSpec, Look, LookInput } from '../src/contracts';
import { exposureEnd, plannedLooks } from '../src/domain/experiment';
import { before, durationMs, ms } from '../src/domain/time';
import * as statistics from '../src/statistics';
import type { Rows, Stores } from '../src/stores';
import { lossesOf, performanceOf, rowsOf } from './performance';

/** The difference a plan is asked about, absolute. */
const PLANNED_EFFECT = 0.05;
const POWER = 0.8;

/** What an experiment asks: plan, sums of both arms, tests, bounds. The decision on them is the workflow's. */
export function createExperimentActivities(stores: Stores): ExperimentActivities {
  return {
    openExperiment: async ({ spec }) => {
      await stores.experiments.reserve(spec, spec.id, spec.id);
      await stores.registry.setState(spec.model, spec.challenger, 'challenger', `experiment ${spec.id}`);
      return stores.experiments.open(spec, await planOf(stores, spec));
    },
    takeLook: (input) => takeLook(stores, input),
    recordLook: ({ id, look }) => stores.experiments.recordLook(id, look),
    closeExperiment: async ({ result }) => {
      await stores.experiments.close(result);
      const found = await stores.experiments.find(result.id);
      if (found === null) return;
      const reason = `experiment ${result.id}: ${result.decision}`;
      const [winner, loser] =
        result.decision === 'ship' ? [result.challenger, result.champion] : [result.champion, result.challenger];
      await stores.registry.setState(found.model, winner, 'champion', reason);
      await stores.registry.setState(found.model, loser, 'archived', reason);
    },
  };
}

/** Traffic and baseline of the weeks before the start say what the experiment can find. */
async function planOf(stores: Stores, spec: ExperimentSpec): Promise<ExperimentPlan> {
  await stores.labels.fold(spec);
  const from = before(spec.start, '28d');
  const rows = await stores.rows.read({ target: spec, from, to: spec.start, asOf: spec.start, servedOnly: true });
  const days = rows.n === 0 ? 0 : Math.max(1, (ms(spec.start) - rows.at[0]!) / durationMs('1d'));
  const exposure = (rows.n / Math.max(1, days)) * (durationMs(spec.duration) / durationMs('1d'));
  const expectedPerArm = Math.floor(exposure * Math.min(spec.allocation, 1 - spec.allocation));
  const baseline = performanceOf(rows).accuracy;
  const size = baseline === null ? null : sizeFor(baseline, PLANNED_EFFECT, spec.alpha);
  const short = size !== null && expectedPerArm < size;
  const effect = baseline === null ? null : smallestEffect(baseline, expectedPerArm, spec.alpha);
  return {
    looks: plannedLooks(spec, exposureEnd(spec)).length,
    minimumDetectableEffect: effect,
    baseline,
    samplePerArm: size,
    expectedPerArm,
    warnings: short
      ? [
          `about ${expectedPerArm} rows per arm are expected, ${size} are needed to find a difference of ${PLANNED_EFFECT}`,
        ]
      : [],
  };
}

function sizeFor(baseline: number, effect: number, alpha: number): number | null {
  if (!(baseline > 0 && baseline < 1)) return null;
  // Towards the middle: a baseline of .98 has no .05 above it.
  const minimumDetectableEffect = baseline + effect < 1 ? effect : -effect;
  const result = statistics.sampleSizeTwoProportions({ baseline, minimumDetectableEffect, alpha, power: POWER });
  return result.status === 'ok' ? result.control : null;
}

/** The smallest absolute difference that the expected rows find: an increase, or where there is none a decrease. */
function smallestEffect(baseline: number, perArm: number, alpha: number): number | null {
  if (!(baseline > 0 && baseline < 1) || perArm < 1) return null;
  for (const direction of ['increase', 'decrease'] as const) {
    const plan = { baseline, n: perArm, direction, alpha, power: POWER };
    const result = statistics.detectableEffectTwoProportions(plan);
    if (result.status === 'ok') return Math.round(Math.abs(result.effect.absolute!) * 10_000) / 10_000;
  }
  return null;
}

async function takeLook(stores: Stores, input: LookInput): Promise<Omit<Look, 'decision'>> {
  const { spec, k, at, exposedTo, allocation } = input;
  await stores.labels.fold(spec);
  const rows = await stores.rows.read({
    target: spec,
    from: spec.start,
    to: exposedTo,
    asOf: at,
    versions: [spec.champion, spec.challenger],
    servedOnly: true,
  });
  const champion = armOf('champion', spec.champion, rows);
  const challenger = armOf('challenger', spec.challenger, rows);
  const arms = [champion.arm, challenger.arm] as const;
  const n = champion.arm.n + challenger.arm.n;
  const ratio = statistics.sequentialSampleRatio(
    [champion.arm.exposed, challenger.arm.exposed],
    [1 - allocation, allocation],
    input.previousSampleRatioP,
  );
  const test = compare(spec, champion, challenger);
  const status = statusOf(n, arms, test === null, input.previous);
  const bound = boundOf(input, n);
  return {
    k,
    at,
    exposedTo,
    status,
    n,
    z: test?.z ?? null,
    bound: status === 'ok' ? bound : null,
    pValue: test?.pValue ?? null,
    difference: test?.difference ?? null,
    interval: test?.interval ?? null,
    sampleRatioP: ratio.pValue,
    arms,
  };
}

function statusOf(
  n: number,
  arms: readonly Arm[],
  untestable: boolean,
  previous: LookInput['previous'],
): Look['status'] {
  if (untestable || arms.some((arm) => arm.n === 0)) return 'no-data';
  if (n <= (previous.at(-1)?.n ?? 0)) return 'no-new-information';
  return arms.some((arm) => arm.n < MINIMUM_PER_ARM) ? 'below-minimum' : 'ok';
}

function boundOf({ spec, k, planned, previous }: LookInput, n: number): number | null {
  const looks = [...previous, { k, n }].map((look) => ({
    fraction: Math.min(1, look.k / planned),
    information: look.n,
  }));
  const last = statistics.spendingBounds({ alpha: spec.alpha, looks }).at(-1)!;
  return last.status === 'ok' ? last.bound : null;
}

interface ArmRows {
  readonly arm: Arm;
  readonly loss: statistics.MeanSums;
}

function armOf(name: Arm['name'], version: number, rows: Rows): ArmRows {
  const mine = rowsOf(rows, version);
  const { n, correct, accuracy, logLoss } = performanceOf(mine);
  return {
    arm: { name, version, n, exposed: mine.n, successes: correct, accuracy, logLoss },
    loss: lossesOf(mine),
  };
}

interface Comparison {
  readonly z: number;
  readonly pValue: number;
  readonly difference: number;
  readonly interval: readonly [number, number] | null;
}

/** Positive z when the challenger is better, whatever the metric's direction. */
function compare(spec: ExperimentSpec, champion: ArmRows, challenger: ArmRows): Comparison | null {
  const lower = spec.successMetric === 'logLoss';
  const test = lower
    ? statistics.compareArms(champion.loss, challenger.loss, { law: 'normal' })
    : statistics.twoProportionZTest(champion.arm, challenger.arm);
  // Two arms that are always right do not differ; that is a finding, not a lack of one.
  if (test.status === 'no-variation') return { z: 0, pValue: 1, difference: 0, interval: null };
  if (test.status !== 'ok') return null;
  return {
    z: lower ? -test.statistic : test.statistic,
    pValue: test.pValue,
    difference: test.effect.value,
    interval: endsOf(test.effect.interval),
  };
}

/** Both ends of a two-sided interval. */
function endsOf(interval: statistics.Interval | null): readonly [number, number] | null {
  if (interval?.low == null || interval.high === null) return null;
  return [interval.low, interval.high];
}
