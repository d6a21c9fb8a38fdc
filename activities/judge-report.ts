import type {
  DriftFound,
  Evaluation,
  FeatureDrift,
  MetricName,
  MetricValue,
  MetricValues,
  Performance,
  WindowReport,
} from '../src/contracts';

/** Of flagged subjects, missing and new features and segments so many are told each; all of them stand in the store. */
const LISTED = 50;

/** Bytes of the lists at least, however many windows share a look. */
const LEAST_BYTES = 2_048;

/** A feature's name is told up to here: the alert schema knows no longer one. */
const NAME = 200;

/**
 * What the workflow is told of a recorded window.
 * @param bytes of the report as JSON, about: lists are cut to it
 * @param watching segments that the workflow asks about: those it holds something against
 */
export function reportOf(evaluation: Evaluation, bytes: number, watching: readonly string[] = []): WindowReport {
  const { from, to, asOf, served, performance, drift, reference } = evaluation;
  const segments = evaluation.segments ?? [];
  const fixed = {
    phase: evaluation.phase ?? 'judge',
    from,
    to,
    asOf,
    served,
    n: evaluation.n ?? performance.n,
    metrics: evaluation.metrics ?? metricsOf(performance),
    estimate: evaluation.estimate ?? null,
    reconciliation: evaluation.reconciliation ?? null,
    expectedServed: evaluation.expectedServed ?? null,
    rowsPerDay: evaluation.rowsPerDay ?? 0,
    valuePerRow: evaluation.valuePerRow ?? null,
    judgedBy: evaluation.judgedBy ?? 'rows',
  } as const;
  const list = listing(Math.max(LEAST_BYTES, bytes - sizeOf(fixed)));
  const ofFeatures = drift.filter(({ of = 'feature' }) => of === 'feature');
  const moved = drift.filter((each) => each.flagged === true).sort(byEffect);
  const flagged = list(moved.map(found));
  const [missing, added] = [namesOf(ofFeatures, 'missing'), namesOf(ofFeatures, 'new')];
  const named = { missing: list(missing), added: list(added), unjudged: list(namesOf(ofFeatures, 'empty')) };
  const told = flagged.length + named.missing.length + named.added.length;
  const judged = new Set(segments.map(({ segment }) => segment));
  const bad = segments.filter((each) => each.flagged);
  const badTold = list(bad);
  return {
    ...fixed,
    drift: {
      judged: reference !== undefined,
      reference: reference ?? null,
      subjects: drift.filter(({ status }) => status === 'ok').length,
      flagged,
      ...named,
      ...(told < moved.length + missing.length + added.length ? { cut: true } : {}),
    },
    segments: {
      judged: judged.size,
      flagged: badTold,
      unjudged: watching.filter((segment) => !judged.has(segment)),
      ...(badTold.length < bad.length ? { cut: true } : {}),
    },
  };
}

/** Takes from lists in turn, each as many as fit into half of what is left. */
function listing(bytes: number): <T>(items: readonly T[]) => T[] {
  let left = bytes;
  return (items) => {
    const kept = [];
    let size = 0;
    for (const item of items.slice(0, LISTED)) {
      size += sizeOf(item) + 1;
      if (size > left / 2) break;
      kept.push(item);
    }
    left -= size;
    return kept;
  };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function byEffect(a: FeatureDrift, b: FeatureDrift): number {
  return b.effect! - a.effect! || (a.feature < b.feature ? -1 : 1);
}

function found({
  of = 'feature',
  feature,
  method,
  statistic,
  effect,
  floor,
  adjustedPValue,
  n,
}: FeatureDrift): DriftFound {
  return {
    of,
    feature: feature.slice(0, NAME),
    method: method!,
    statistic: statistic!,
    effect: effect!,
    floor: floor!,
    pValue: adjustedPValue!,
    n: n![1],
  };
}

/** A feature that changed from numbers to texts is missing as the one and new as the other. */
function namesOf(drift: readonly FeatureDrift[], status: FeatureDrift['status']): string[] {
  return [...new Set(drift.filter((each) => each.status === status).map(({ feature }) => feature.slice(0, NAME)))];
}

/** The metrics of a window that the first release recorded. */
function metricsOf({ n, accuracy, logLoss, auroc }: Performance): MetricValues {
  const value = (metric: number | null): MetricValue => ({ value: metric, n, low: null, high: null, errorBound: 0 });
  const known: readonly (readonly [MetricName, number | null])[] = [
    ['accuracy', accuracy],
    ['logLoss', logLoss],
    ['auroc', auroc],
  ];
  return Object.fromEntries(known.map(([name, metric]) => [name, value(metric)]));
}
