import type { PipelineHistory, PipelineRecord } from '../client';
import type { PipelineStage, PipelineStatus, ValidationRule } from '../contracts';
import type { PipelineRunDocument, PipelineStageDocument } from '../stores';
import { printFacts, printTable, when } from './table';

/** A run with where it stands. */
export type ShownRun = PipelineRecord & { readonly status: PipelineStatus };

/** What was applied under a name, and the runs of it, newest first. */
export function describeHistory({ versions, runs }: PipelineHistory): string {
  const applied = versions.map(({ version, _id, who, appliedAt }) => {
    return { version, applied: when(appliedAt?.toISOString()), by: who, digest: _id };
  });
  const rows = runs.map((run) => ({
    run: run._id,
    day: run.day,
    version: versions.find(({ _id }) => _id === run.digest)?.version ?? null,
    decision: run.result?.decision ?? 'open',
    began: when(run.beganAt.toISOString()),
    took: took(run),
    by: run.who,
  }));
  const notes = runs.map(({ result }) => [...(result?.reasons ?? [])]);
  const table = runs.length === 0 ? 'no runs\n' : printTable(rows, notes);
  return applied.length === 0 ? table : `${printTable(applied)}\n${table}`;
}

/** Where a run stands. */
export function describeStatus(status: PipelineStatus): string {
  const { run, phase, result, stages } = status;
  const facts = printFacts([
    ['run', run],
    ['phase', result === null ? phase : `${phase}: ${result.decision}`],
    ['ended', result === null || result.reasons.length === 0 ? null : result.reasons.join('; ')],
    ...waitsOf(status),
  ]);
  const rows = stages.map(({ name, standing, source, reason }) => {
    return { stage: name, standing, from: source ?? null, reason: reason ?? null };
  });
  return rows.length === 0 ? facts : `${facts}\n${printTable(rows)}`;
}

/** A run as it was intended, beside what it came to. */
export function describeRun({ run, stages, spec, status }: ShownRun): string {
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${value}`);
  const facts = printFacts([
    ['run', run._id],
    ['pipeline', `${run.pipeline} ${run.digest}`],
    ['phase', run.result === null ? status.phase : `${status.phase}: ${run.result.decision}`],
    ['day', `${run.day}, at ${when(run.at)}`],
    ['parameters', params.length === 0 ? null : params.join(', ')],
    ['retries', run.retryOf],
    ['started by', run.who],
    ['began', `${when(run.beganAt.toISOString())}, took ${took(run)}`],
    ['ended', run.result === null || run.result.reasons.length === 0 ? null : run.result.reasons.join('; ')],
    ['undone', run.result === null || run.result.undone.length === 0 ? null : run.result.undone.join(', ')],
    ...waitsOf(status),
  ]);
  const rows = rowsOf(stages, spec?.spec.stages ?? [], status);
  return `${facts}\n${printTable(
    rows.map(({ cells }) => cells),
    rows.map(({ notes }) => notes),
  )}`;
}

function waitsOf({ run, approvals, failedCompensations }: PipelineStatus): (readonly [string, string])[] {
  const by = '--who NAME --reason TEXT';
  return [
    ...approvals.map(({ stage, message, until }) => {
      const limit = until === null ? '' : ` until ${when(until)}`;
      return [
        'waits for',
        `approval of ${stage}${limit}: ${message} (loopwright pipeline approve ${run} ${stage} ${by})`,
      ] as const;
    }),
    ...failedCompensations.map((stage) => {
      const command = `loopwright pipeline resolve ${run} --action retry ${by}`;
      return ['waits for', `a person: what undoes ${stage} failed (${command}, or --action done-by-hand)`] as const;
    }),
  ];
}

interface ShownStage {
  readonly cells: Readonly<Record<string, string | number | null>>;
  readonly notes: readonly string[];
}

/** Stages in the order of the declaration, those of the run beside it after them: what undid them. */
function rowsOf(
  units: readonly PipelineStageDocument[],
  declared: readonly PipelineStage[],
  status: PipelineStatus,
): ShownStage[] {
  const others = units.map(({ stage }) => stage).filter((stage) => !declared.some(({ name }) => name === stage));
  const names = [...new Set([...declared.map(({ name }) => name), ...others])];
  return names.flatMap((name) => {
    const stage = declared.find((one) => one.name === name);
    const whole = units.find((one) => one.stage === name && one.unit < 0);
    const run = units.filter((one) => one.stage === name && one.unit >= 0);
    const standing = status.stages.find((one) => one.name === name)?.standing ?? null;
    if (run.length === 0) return [shownStage(name, stage, whole, whole, whole?.state ?? standing ?? 'waiting')];
    return run.map((unit) => {
      const label = run.length === 1 ? name : `${name} ${unit.unit}`;
      // The workflow has the last word on a stage of one unit: a deployment may fail after its stage has run.
      const state = run.length === 1 && whole?.endedAt != null ? whole.state : unit.state;
      return shownStage(label, stage, unit, whole, state);
    });
  });
}

function shownStage(
  label: string,
  declared: PipelineStage | undefined,
  unit: PipelineStageDocument | undefined,
  whole: PipelineStageDocument | undefined,
  state: string,
): ShownStage {
  const { intended = null, outcome = null } = unit ?? {};
  const most = declared?.retry.attempts;
  const cells = {
    stage: label,
    state,
    from: outcome?.source ?? null,
    attempts:
      unit === undefined || unit.attempt === 0 ? null : `${unit.attempt}${most === undefined ? '' : ` of ${most}`}`,
    took: unit === undefined || unit.attempt === 0 ? null : took(unit),
  };
  const values = (title: string, given: Readonly<Record<string, unknown>> = {}): string[] =>
    Object.entries(given).map(([name, value]) => `${title} ${name} = ${textOf(value)}`);
  const image = intended?.image ?? declared?.image;
  const reason = unit?.reason ?? whole?.reason ?? null;
  return {
    cells,
    notes: [
      ...(image === undefined ? [] : [`image ${image}${intended === null ? '' : ` by ${intended.executor}`}`]),
      ...(outcome?.from === undefined ? [] : [`taken from ${outcome.from}`]),
      ...values('input', intended?.inputs),
      ...values('hyperparameter', intended?.hyperparameters),
      ...Object.entries(outcome?.outputs ?? {}).map(
        ([name, ref]) => `output ${name} -> ${ref.uri}, ${ref.bytes} bytes`,
      ),
      ...metricsOf(outcome?.metrics ?? {}, declared?.validationRules ?? [], outcome !== null),
      ...(reason === null ? [] : [`${state === 'skipped' ? 'skipped' : 'reason'}: ${reason}`]),
      ...(whole?.version == null ? [] : [`deployed version ${whole.version}`]),
      ...(whole?.undone === true ? ['undone'] : []),
    ],
  };
}

/** Metrics beside the rules that they are judged by. */
function metricsOf(
  metrics: Readonly<Record<string, number>>,
  rules: readonly ValidationRule[],
  ended: boolean,
): string[] {
  const asked = rules.map(({ metric, threshold, direction }) => {
    const wanted = `expected at ${direction === 'lower-is-better' ? 'most' : 'least'} ${threshold}`;
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    if (value === undefined) return `metric ${metric}${ended ? ' was not reported' : ''}, ${wanted}`;
    const good = direction === 'lower-is-better' ? value <= threshold : value >= threshold;
    return `metric ${metric} = ${value}, ${wanted}: ${good ? 'good' : 'broken'}`;
  });
  const judged = new Set(rules.map(({ metric }) => metric));
  const others = Object.entries(metrics).filter(([name]) => !judged.has(name));
  return [...asked, ...others.map(([name, value]) => `metric ${name} = ${value}`)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How long something took; of what has not ended, nothing. */
function took({ beganAt, endedAt }: Pick<PipelineRunDocument, 'beganAt' | 'endedAt'>): string {
  if (endedAt === null) return '–';
  const length = endedAt.getTime() - beganAt.getTime();
  if (length < 60_000) return `${length / 1_000}s`;
  const minutes = Math.round(length / 60_000);
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}
