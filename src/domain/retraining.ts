import { METRIC_DIRECTIONS } from '../contracts';
import type { ExperimentResult, GateMetric, GateResult, MetricName, RetrainingDecision } from '../contracts';
import type { Verdict as ExperimentVerdict } from './experiment';

/** Whether the challenger passes the gate, with the reason. */
export interface GateVerdict {
  readonly pass: boolean;
  readonly reason: string;
}

/** The metric by which a gate judges a challenger that a monitor of any metric asked for. */
export function gateMetricOf(metric: MetricName): GateMetric {
  const known: readonly string[] = ['accuracy', 'logLoss', 'auroc'] satisfies readonly GateMetric[];
  return known.includes(metric) ? (metric as GateMetric) : 'logLoss';
}

/** The challenger must be at least as good as the champion on the hold-out, by point estimate. */
export function judgeGate(gate: GateResult): GateVerdict {
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

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
