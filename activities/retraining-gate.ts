import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type {
  GateMetric,
  GatePolicy,
  GateResult,
  MetricValue,
  PairedTest,
  RetrainSpec,
  Snapshot,
} from '../src/contracts';
import { predictLabels } from '../src/models';
import { areaUnderRoc, logLoss, mcnemarTest, pairedLossTest, proportionInterval } from '../src/statistics';
import type { Stores } from '../src/stores';
import { metricValue } from './judge-metrics';
import { summarise } from './performance';
import { candidateOf } from './retraining-candidate';
import { holdoutStart, slice, snapshotRows } from './retraining-rows';
import type { Scoring } from './scoring';

/** What the gate is asked about. */
export interface GateInput {
  readonly spec: RetrainSpec;
  readonly snapshot: Snapshot;
  readonly artifact: string;
}

/** Champion and candidate on the same hold-out, with the paired test that the policy asks for. */
export async function evaluateGate(
  { stores, scoring }: { readonly stores: Stores; readonly scoring: Scoring },
  { spec, snapshot, artifact }: GateInput,
): Promise<GateResult> {
  const serving = await stores.deployments.current(spec);
  const champion = serving === null ? null : await stores.registry.find(spec.model, serving.champion);
  if (champion === null) {
    throw ApplicationFailure.nonRetryable(`no champion of ${spec.model} in ${spec.environment}`, failureTypes.notFound);
  }
  const rows = await snapshotRows(stores, spec, snapshot);
  const holdout = slice(rows, holdoutStart(rows, snapshot), rows.n);
  const labels = holdout.labels;
  const theirs = await scoring.score(champion, holdout);
  const ours = await scoring.score(await candidateOf(stores, spec, artifact, rows.columns.keys()), holdout);
  const paired = pairedTest(spec.policy.gate?.test, labels, theirs, ours);
  return {
    metric: spec.metric,
    championVersion: champion.version,
    champion: summarise(labels, predictLabels(theirs), theirs),
    challenger: summarise(labels, predictLabels(ours), ours),
    intervals: {
      champion: intervalOf(spec.metric, labels, theirs),
      challenger: intervalOf(spec.metric, labels, ours),
    },
    ...(paired === null ? {} : { paired }),
  };
}

function pairedTest(
  test: GatePolicy['test'] | undefined,
  labels: Uint8Array,
  theirs: Float64Array,
  ours: Float64Array,
): PairedTest | null {
  if (test === 'mcnemar') {
    const found = mcnemarTest(labels, predictLabels(theirs), predictLabels(ours));
    const { n, treatmentOnly, controlOnly, pGreater } = found;
    return { test, n, gain: treatmentOnly - controlOnly, pValue: treatmentOnly + controlOnly === 0 ? null : pGreater };
  }
  if (test !== 'paired-loss') return null;
  const { n, saved, pGreater } = pairedLossTest(labels, theirs, ours);
  return { test, n, gain: saved ?? 0, pValue: pGreater };
}

/** The ends of the 95 % interval of a metric, or null where it has none. */
function intervalOf(metric: GateMetric, labels: Uint8Array, scores: Float64Array): readonly [number, number] | null {
  const { low, high } = estimateOf(metric, labels, scores);
  return low === null || high === null ? null : [low, high];
}

function estimateOf(metric: GateMetric, labels: Uint8Array, given: Float64Array): MetricValue {
  // A trainer of the user's own may leave [0, 1] by a rounding.
  const scores = given.map((score) => Math.min(1, Math.max(0, score)));
  if (metric === 'logLoss') return metricValue(logLoss(labels, scores));
  if (metric === 'auroc') return metricValue(areaUnderRoc(labels, scores));
  const correct = predictLabels(scores).reduce((sum, label, row) => sum + (label === labels[row] ? 1 : 0), 0);
  const interval = proportionInterval({ successes: correct, n: labels.length });
  return { value: correct / labels.length, n: labels.length, low: interval.low, high: interval.high, errorBound: 0 };
}
