import { METRIC_DIRECTIONS } from '../contracts';
import type {
  ApprovalPolicy,
  BakePolicy,
  ExperimentResult,
  GateMetric,
  GatePolicy,
  GateResult,
  MetricName,
  Performance,
  PerformanceRule,
  RetrainingDecision,
  RetrainPolicy,
  RolloutEnd,
} from '../contracts';
import type { Verdict as ExperimentVerdict } from './experiment';

/** Whether a challenger passes, with the reason. */
export interface GateVerdict {
  readonly pass: boolean;
  readonly reason: string;
}

/** What a challenger must be unless the policy says otherwise. */
const DEFAULT_GATE: GatePolicy = { test: 'point-estimate', alpha: 0.05, rules: [] };

/** How a person is waited for unless the policy says otherwise: for ever. */
export function approvalPolicyOf({ approval }: Pick<RetrainPolicy, 'approval'>): Partial<ApprovalPolicy> | null {
  if (approval === false) return null;
  return approval === true ? {} : approval;
}

/** The metric by which a gate judges a challenger that a monitor of any metric asked for. */
export function gateMetricOf(metric: MetricName): GateMetric {
  const known: readonly string[] = ['accuracy', 'logLoss', 'auroc'] satisfies readonly GateMetric[];
  return known.includes(metric) ? (metric as GateMetric) : 'logLoss';
}

/**
 * Whether the challenger passes on the hold-out: at least as good as the champion by point estimate or significantly
 * better by the paired test, and within every absolute rule.
 */
export function judgeGate(gate: GateResult, policy: GatePolicy = DEFAULT_GATE): GateVerdict {
  const relative = policy.test === 'point-estimate' ? byPoint(gate) : byPairs(gate, policy.alpha);
  if (!relative.pass) return relative;
  const broken = brokenRules(gate.challenger, policy.rules);
  return broken.length === 0 ? relative : { pass: false, reason: `the challenger breaks a rule: ${broken.join('; ')}` };
}

function byPoint(gate: GateResult): GateVerdict {
  const champion = gate.champion[gate.metric];
  const challenger = gate.challenger[gate.metric];
  const rows = `${gate.challenger.n} hold-out rows`;
  if (champion === null || challenger === null) {
    return { pass: false, reason: `${gate.metric} cannot be computed on ${rows}` };
  }
  const pass = METRIC_DIRECTIONS[gate.metric] === 'higher' ? challenger >= champion : challenger <= champion;
  const values = `${gate.metric} ${round(challenger)} against ${round(champion)} on ${rows}`;
  return {
    pass,
    reason: pass ? `at least as good as the champion: ${values}` : `not better than the champion: ${values}`,
  };
}

function byPairs({ paired }: GateResult, alpha: number): GateVerdict {
  if (paired === undefined) return { pass: false, reason: 'the paired test was not computed' };
  const { test, n, gain, pValue } = paired;
  const unit = test === 'mcnemar' ? 'rows more that it alone has right' : 'log loss saved per row';
  const values = `${test} on ${n} rows: ${round(gain)} ${unit}, one-sided p ${pValue === null ? '–' : round(pValue)}`;
  const pass = pValue !== null && gain > 0 && pValue <= alpha;
  return {
    pass,
    reason: pass
      ? `significantly better than the champion: ${values}`
      : `not significantly better than the champion: ${values} against ${alpha}`,
  };
}

/** Rules that a performance breaks, in words; a metric that cannot be computed breaks its rule. */
export function brokenRules(performance: Performance, rules: readonly PerformanceRule[]): string[] {
  return rules.flatMap(({ metric, atLeast, atMost }) => {
    const value = performance[metric];
    const on = `on ${performance.n} rows`;
    if (value === null) return [`${metric} cannot be computed ${on}`];
    if (atLeast !== undefined && value < atLeast) return [`${metric} ${round(value)} < ${atLeast} ${on}`];
    if (atMost !== undefined && value > atMost) return [`${metric} ${round(value)} > ${atMost} ${on}`];
    return [];
  });
}

/** Whether a new champion stays after it was watched; too few labelled rows say nothing against it. */
export function judgeBake({ rules, minimumRows }: BakePolicy, performance: Performance): GateVerdict {
  if (performance.n < minimumRows) {
    return { pass: true, reason: `not judged while it baked: ${performance.n} labelled rows of ${minimumRows}` };
  }
  const broken = brokenRules(performance, rules);
  if (broken.length > 0) return { pass: false, reason: `rolled back while it baked: ${broken.join('; ')}` };
  return { pass: true, reason: `kept its rules while it baked, on ${performance.n} labelled rows` };
}

/** What an experiment's decision makes of the retraining that asked for it. */
export function outcomeOf(result: Pick<ExperimentResult, 'decision'>): RetrainingDecision {
  const decisions: Readonly<Record<Exclude<ExperimentVerdict['decision'], 'continue'>, RetrainingDecision>> = {
    ship: 'promoted',
    rollback: 'rolled-back',
    stop: 'inconclusive',
    invalid: 'inconclusive',
    inconclusive: 'inconclusive',
  };
  return decisions[result.decision];
}

/** What the end of a rollout makes of it. */
export function outcomeOfRollout({ outcome }: Pick<RolloutEnd, 'outcome'>): RetrainingDecision {
  return outcome === 'promoted' ? 'promoted' : outcome === 'aborted' ? 'rolled-back' : 'inconclusive';
}

/** Ends after which nothing is left to undo: what served before serves, and no version was registered, or it serves. */
export function isClean(decision: RetrainingDecision): boolean {
  return decision === 'promoted' || decision === 'not-better';
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
