import { METRIC_NAMES, METRICS } from '../src/contracts';
import type { Instant, MetricName, MetricValues, MonitorSpec, TaskKind } from '../src/contracts';
import { after } from '../src/domain/time';
import { fitPerformanceEstimator } from '../src/statistics';
import type { Evidence, FrozenBaseline, ScoredRows } from './evidence';
import type { FrozenDocuments } from './judge-frozen';
import { NO_LABEL } from '../src/stores';

/** So many slices are remembered, the largest: more would not be judged either. */
const MOST_SLICES = 1_000;

/** A frozen baseline as JSON has it. */
type Content = Omit<FrozenBaseline, 'name' | 'slices'> & {
  readonly slices: readonly (readonly [string, { readonly n: number; readonly metrics: MetricValues }])[];
};

/** Every metric of a task, in the order in which reports show them. */
export function metricsOfTask(task: TaskKind): MetricName[] {
  return METRIC_NAMES.filter((name) => METRICS[name].task === task);
}

/**
 * What was served in the baseline, frozen once its labels are mature, whatever becomes known later.
 * @param gather the evidence of the baseline
 * @returns a text that says why there is none yet
 */
export async function baselineOf(
  frozen: FrozenDocuments,
  spec: MonitorSpec,
  at: Instant,
  gather: (asOf: Instant) => Promise<Evidence>,
): Promise<FrozenBaseline | string> {
  const { baseline, labelMaturity, task, rankingDepth, segments } = spec;
  const due = after(baseline.to, labelMaturity);
  if (due > at) return `the baseline's labels are mature at ${due}`;
  const keys = JSON.stringify([...segments.keys].sort());
  return frozen.get<FrozenBaseline>({
    target: spec,
    kind: 'served',
    source: `${baseline.from}/${baseline.to} as of ${due}, ${task} at ${rankingDepth}, by ${keys}`,
    at,
    make: async () => {
      const evidence = await gather(due);
      if (evidence.served === 0) return 'nothing was served in the baseline';
      return { content: contentOf(evidence, task), rows: evidence.served };
    },
    read: (name, content) => {
      const { slices, ...facts } = content as Content;
      return { ...facts, name, slices: new Map(slices) };
    },
  });
}

function contentOf(evidence: Evidence, task: TaskKind): Content {
  const names = metricsOfTask(task);
  const slices = evidence.slices().slice(0, MOST_SLICES);
  return {
    served: evidence.served,
    n: evidence.n,
    metrics: evidence.metrics(names),
    cells: evidence.cells,
    slices: slices.map(({ slice, n }) => [slice, { n, metrics: evidence.metrics(names, { slice }) }]),
    estimator: task === 'binary' ? fitted(evidence.scores()) : 'only binary tasks are estimated',
  };
}

function fitted(scored: ScoredRows | null): FrozenBaseline['estimator'] {
  if (scored === null) return 'no row of the baseline has a score';
  const labelled = Uint32Array.from(scored.labels.keys()).filter((row) => scored.labels[row] !== NO_LABEL);
  const estimator = fitPerformanceEstimator(
    Uint8Array.from(labelled, (row) => scored.labels[row]!),
    Float64Array.from(labelled, (row) => scored.scores[row]!),
  );
  return estimator.status === 'ok' ? estimator : `the baseline: ${estimator.reason}`;
}
