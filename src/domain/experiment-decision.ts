import { MINIMUM_PER_ARM, SAMPLE_RATIO_ALARM } from '../contracts';
import type { DesignEvidence, ExperimentDesign, Recommendation } from '../contracts';
import { shown } from './shown';
import { durationMs } from './time';

/** Where an experiment is when it is judged. */
export interface Progress {
  /** A planned look, or a check between looks. */
  readonly kind: 'look' | 'check';
  readonly isLast: boolean;
  /** Since the start of exposure, to the last exposure that counts. */
  readonly elapsedMs: number;
  readonly dropped: readonly string[];
}

type Found = DesignEvidence['comparisons'][number];

/** More units in two variants than this share, and than this number, are worth a word. */
const CROSSED = { share: 0.01, units: 10 } as const;

/**
 * What should be done, in this order: `invalid` when the split is broken; `stop` when a guardrail is breached;
 * `rollback` when a success metric is significantly worse; `ship` when all success metrics are significantly better,
 * no guardrail loses more than its margin and the minimum duration has passed; otherwise `continue`, at the last look
 * `inconclusive`. With several variants each is judged by itself: one that is to be stopped or rolled back is dropped
 * while others go on, and what ships is the one with the greatest gain on the first success metric. A check decides
 * only on split and guardrails, and so does a look before the last where the experiment may not stop early.
 */
export function decideDesign(evidence: DesignEvidence, design: ExperimentDesign, progress: Progress): Recommendation {
  const found = judge(evidence, design, progress);
  return { ...found, reasons: [...found.reasons, ...crossedUnits(evidence)] };
}

function judge(evidence: DesignEvidence, design: ExperimentDesign, progress: Progress): Recommendation {
  const { sampleRatio, units, k } = evidence;
  if (sampleRatio.sequentialP < SAMPLE_RATIO_ALARM) {
    const counts = units
      .map((variant, index) => `${variant.variant} ${sampleRatio.exposed?.[index] ?? variant.units}`)
      .join(', ');
    const p = `sequential sample-ratio p ${shown(sampleRatio.sequentialP)} < ${SAMPLE_RATIO_ALARM}`;
    return whole('invalid', [`the split is broken: ${counts} units, ${p}`]);
  }
  const live = design.variants.slice(1).filter(({ name }) => !progress.dropped.includes(name));
  if (live.length === 0) return whole('stop', ['no variant is left beside the control']);
  const verdicts = live.map(({ name }) => verdictOf(name, evidence, design));
  const breached = verdicts.filter(({ breaches }) => breaches.length > 0);
  const standing = verdicts.filter(({ breaches }) => breaches.length === 0);
  const breaches = breached.flatMap((verdict) => verdict.breaches);
  const drop = breached.map(({ variant }) => variant);
  if (standing.length === 0) return whole('stop', breaches);
  const goOn = (reason: string): Recommendation => ({ ...whole('continue', [...breaches, reason]), drop });
  if (progress.kind === 'check') return goOn('a check decides on the split and on guardrails only');
  if (!progress.isLast && !design.criteria.earlyStop) return goOn('decides at the last look only');
  const losing = standing.filter(({ losses }) => losses.length > 0);
  const left = standing.filter(({ losses }) => losses.length === 0);
  const losses = losing.flatMap((verdict) => verdict.losses);
  if (left.length === 0) return whole('rollback', [...breaches, ...losses]);
  drop.push(...losing.map(({ variant }) => variant));
  const early = tooEarly(design, progress);
  const winner = early === null ? best(left.filter(({ missing }) => missing.length === 0)) : null;
  if (winner !== null)
    return { ...whole('ship', [...winner.wins, ...breaches, ...losses]), variant: winner.variant, drop };
  const why = whyNot(evidence.status, k) ?? [
    ...left.flatMap(({ wins, missing }) => [...wins, ...missing]),
    ...(early ?? []),
  ];
  return { ...whole(progress.isLast ? 'inconclusive' : 'continue', [...breaches, ...losses, ...why]), drop };
}

function whole(decision: Recommendation['decision'], reasons: readonly string[]): Recommendation {
  return { decision, variant: null, drop: [], reasons };
}

/** What is found of one variant, in words; `gain` is on the first success metric. */
interface Verdict {
  readonly variant: string;
  readonly breaches: readonly string[];
  readonly losses: readonly string[];
  readonly wins: readonly string[];
  /** What it still lacks to ship. */
  readonly missing: readonly string[];
  readonly gain: number;
}

function verdictOf(
  variant: string,
  { comparisons, k }: DesignEvidence,
  { metrics, sequential }: ExperimentDesign,
): Verdict {
  const mine = new Map(comparisons.filter((found) => found.variant === variant).map((found) => [found.metric, found]));
  const [breaches, losses, wins, missing]: [string[], string[], string[], string[]] = [[], [], [], []];
  for (const { name, role, margin } of metrics) {
    const found = mine.get(name);
    if (found === undefined) {
      if (role !== 'secondary') missing.push(`${name} of ${variant} was not measured`);
    } else if (role === 'guardrail') {
      if (found.breached)
        breaches.push(
          `${name} of ${variant} is worse than its margin ${margin}: ${liftOf(found)}, by the always-valid bound`,
        );
      else if (!found.significant)
        missing.push(`${name} of ${variant} is not shown to lose less than ${margin}: ${liftOf(found)}`);
      else wins.push(`${name} of ${variant} loses less than its margin ${margin}: ${liftOf(found)}`);
    } else if (role === 'success') {
      const test = sequential.kind === 'spending' ? testOf(found, k) : `${liftOf(found)}, always-valid, at look ${k}`;
      if (found.significant && found.better === false)
        losses.push(`${name} of ${variant} is significantly worse: ${test}`);
      else if (found.significant) wins.push(`${name} of ${variant} is significantly better: ${test}`);
      else missing.push(`${name} of ${variant} shows nothing yet: ${test}`);
    }
  }
  const first = metrics.find(({ role }) => role === 'success');
  const difference = mine.get(first?.name ?? '')?.difference?.value ?? 0;
  const gain = first?.direction === 'lower-is-better' ? -difference : difference;
  return { variant, breaches, losses, wins, missing, gain };
}

function liftOf({ lift, status }: Found): string {
  if (lift === null) return status === 'ok' ? 'the control has a mean of 0' : WITHOUT[status];
  return `lift ${shown(lift.value)} (${shown(lift.low)} to ${shown(lift.high)})`;
}

function testOf(found: Found, k: number | null): string {
  if (found.status !== 'ok') return WITHOUT[found.status];
  const against = found.bound === null ? 'by no bound of a look' : `against the bound ${shown(found.bound)}`;
  return `${liftOf(found)}, z ${shown(found.z)} ${against} at look ${k}`;
}

const WITHOUT = {
  'insufficient-data': 'too few units',
  'no-variation': 'all units are alike',
  undefined: 'there is no difference to compute',
} as const;

function best(candidates: readonly Verdict[]): Verdict | null {
  return candidates.reduce<Verdict | null>((a, b) => (a === null || b.gain > a.gain ? b : a), null);
}

function tooEarly({ criteria }: ExperimentDesign, { elapsedMs }: Progress): string[] | null {
  if (elapsedMs >= durationMs(criteria.minimumDuration)) return null;
  return [`${shown(elapsedMs / durationMs('1d'))} days of exposure: nothing ships before ${criteria.minimumDuration}`];
}

/** Why a look has no numbers to decide by, or null. */
function whyNot(status: DesignEvidence['status'], k: number | null): string[] | null {
  if (status === 'no-data') return [`look ${k} found no units in a variant`];
  if (status === 'no-new-information') return [`look ${k} found no new units`];
  if (status === 'below-minimum') return [`look ${k} found fewer than ${MINIMUM_PER_ARM} units in a variant`];
  return null;
}

function crossedUnits({ crossed, units }: DesignEvidence): string[] {
  const all = units.reduce((sum, variant) => sum + variant.units, 0);
  if (crossed < CROSSED.units || crossed <= CROSSED.share * all) return [];
  return [`warning: ${crossed} of ${all} units were seen in more than one variant; they count where they were first`];
}

/** Reasons in at most so many characters; what is left out is counted. */
export function brief(reasons: readonly string[], most: number): string[] {
  const kept: string[] = [];
  let left = most;
  for (const reason of reasons) {
    if (reason.length > left) break;
    kept.push(reason);
    left -= reason.length;
  }
  if (kept.length === 0 && reasons.length > 0) kept.push(`${reasons[0]!.slice(0, most)}…`);
  const more = reasons.length - kept.length;
  return more <= 0 ? kept : [...kept, `and ${more} more`];
}
