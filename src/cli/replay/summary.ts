import type { Client } from '@temporalio/client';
import { summarise } from '../../../activities/performance';
import type { LoopwrightClient } from '../../client';
import { literal } from '../../client/visibility';
import { workflowIds } from '../../contracts';
import type { ModelTarget, ReplayReport, ReplayWindow, Scenario, Score, Summary } from '../../contracts';
import { alertLevel } from '../../domain/alert';
import { windowAt } from '../../domain/time';
import { decodeModel, predictLabels, scoreRows } from '../../models';
import type { ExperimentDocument, RetrainingDocument, Rows, Stores } from '../../stores';
import type { Stream } from './stream';

/** What a finished replay is summed up from. */
export interface SummaryInput {
  readonly client: LoopwrightClient;
  readonly temporal: Client;
  readonly stores: Stores;
  readonly target: ModelTarget;
  readonly scenario: Scenario;
  readonly stream: Stream;
  readonly seconds: number;
}

const FOR_EVER = '9999-01-01T00:00:00.000Z';

/** Sums a replay up, from the stores and the histories; nothing is taken from the driver's memory but the stream. */
export async function summarizeReplay(input: SummaryInput): Promise<ReplayReport> {
  const { client, stores, target, scenario } = input;
  await stores.labels.fold(target);
  const status = await client.monitors.status(target);
  const retrainings = await client.retraining.list(target);
  const experiments = await client.challenges.list(target);
  const all = { target, to: FOR_EVER, asOf: FOR_EVER };
  const rows = await stores.rows.read({ ...all, from: scenario.baseline.from, servedOnly: true, features: true });
  const frozen = await frozenScores(client, target, rows);
  const judged = pick(rows, (row) => rows.at[row]! >= Date.parse(scenario.baseline.to) && rows.label[row]! <= 1);
  const summary: Summary = {
    scenario: scenario.name,
    baseline: round(status.baseline?.value ?? null),
    firedAt: status.firedAt?.slice(0, 10) ?? null,
    retrainings: retrainings.map(retrainingOf),
    experiments: experiments.flatMap(experimentOf),
    overall: {
      frozen: { n: judged.length, ...scoreOf(rows, judged, frozen) },
      loop: { n: judged.length, ...scoreOf(rows, judged, rows.score) },
    },
    ...counts(input, rows),
    quarantined: (await client.outcomes.quarantine(target)).byReason,
    historyEvents: await countEvents(input, experiments),
    seconds: round(input.seconds)!,
  };
  const windows = await windowsOf(input, rows, frozen);
  const baseline = status.baseline?.value ?? null;
  return {
    scenario,
    summary,
    level: baseline === null ? null : alertLevel(scenario.monitor, baseline),
    windows,
    alerts: await client.monitors.alerts(target),
    experiments: experiments.flatMap(({ _id: id, result }) =>
      result === null
        ? []
        : [
            {
              id,
              champion: result.champion,
              challenger: result.challenger,
              decision: result.decision,
              looks: result.looks,
            },
          ],
    ),
    ledger: await client.deployments.history(target),
  };
}

/** A number with six decimals; null stays null. */
export function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}

/** A p-value is never shown as 0: below six decimals it keeps six digits. */
function roundP(value: number | null): number | null {
  return value === null || value >= 1e-6 ? round(value) : Number(value.toPrecision(6));
}

function retrainingOf({ spec, result }: RetrainingDocument): Summary['retrainings'][number] {
  const score = (side: 'champion' | 'challenger'): Score => ({
    accuracy: round(result?.gate?.[side].accuracy ?? null),
    logLoss: round(result?.gate?.[side].logLoss ?? null),
  });
  return {
    at: spec.at,
    rows: result?.rows ?? 0,
    decision: result?.decision ?? 'failed',
    reasons: result?.reasons ?? ['the retraining has no result'],
    champion: score('champion'),
    challenger: score('challenger'),
  };
}

function experimentOf({ result }: ExperimentDocument): Summary['experiments'] {
  if (result === null) return [];
  const last = result.looks.at(-1);
  return [
    {
      from: result.from,
      to: result.to,
      arms: (last?.arms ?? []).map(({ name, n, successes, accuracy }) => ({
        name,
        n,
        successes,
        accuracy: round(accuracy),
      })),
      pValue: roundP(last?.pValue ?? null),
      decision: result.decision,
      reasons: result.reasons,
      looks: result.looks.map(({ at, n, z, bound, decision }) => ({
        at,
        n,
        z: round(z),
        bound: round(bound),
        decision,
      })),
    },
  ];
}

function pick(rows: Rows, wanted: (row: number) => boolean): number[] {
  return Array.from({ length: rows.n }, (_, row) => row).filter(wanted);
}

async function frozenScores(client: LoopwrightClient, target: ModelTarget, rows: Rows): Promise<Float64Array> {
  const first = await client.models.find(target.model, 1);
  return scoreRows(decodeModel(await client.models.artifact(first!)), rows.columns, rows.n);
}

function scoreOf(rows: Rows, indexes: readonly number[], scores: Float64Array): Score {
  const mine = Float64Array.from(indexes, (row) => scores[row]!);
  const labels = indexes.map((row) => rows.label[row]!);
  const { accuracy, logLoss } = summarise(labels, predictLabels(mine), mine);
  return { accuracy: round(accuracy), logLoss: round(logLoss) };
}

/** Rows of the stream against rows of the stores. */
function counts(
  { stream, scenario }: SummaryInput,
  rows: Rows,
): Pick<Summary, 'predictions' | 'outcomes' | 'lost' | 'duplicated'> {
  const wanted = stream.rows.filter((row) => row.ts >= scenario.baseline.from);
  const label = new Map(rows.ids.map((id, row) => [id, rows.label[row]!]));
  const lost = wanted.filter((row) => label.get(row.predictionId) !== row.label);
  return {
    predictions: rows.n,
    outcomes: pick(rows, (row) => rows.label[row]! <= 1).length,
    lost: lost.length,
    duplicated: rows.n - label.size,
  };
}

/** Events of every run of every workflow of the target and of what trained for it; `list` knows no length, `describe` does. */
async function countEvents(
  { client, temporal, target, scenario }: SummaryInput,
  experiments: readonly ExperimentDocument[],
): Promise<number> {
  const { pipeline } = scenario.retrain;
  const trainings = pipeline === undefined ? [] : (await client.pipelines.history(pipeline.name)).runs;
  const ids = [
    workflowIds.monitor(target),
    workflowIds.deployment(target),
    workflowIds.retraining(target),
    ...experiments.map(({ _id }) => workflowIds.experiment(_id)),
    ...new Set(trainings.map(({ workflowId }) => workflowId)),
  ];
  let events = 0;
  for (const id of ids) {
    for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = ${literal(id)}` })) {
      events += (await temporal.workflow.getHandle(id, runId).describe()).historyLength;
    }
  }
  return events;
}

async function windowsOf(
  { client, target, scenario }: SummaryInput,
  rows: Rows,
  frozen: Float64Array,
): Promise<ReplayWindow[]> {
  const key = (range: { from: string; to: string }) => `${range.from}/${range.to}`;
  // The baseline is an evaluation too, from the same start as the first window.
  const drift = new Map((await client.monitors.evaluations(target)).map((found) => [key(found), found.drift]));
  const ledger = await client.deployments.history(target);
  const windows: ReplayWindow[] = [];
  const last = rows.at.at(-1) ?? Date.parse(scenario.baseline.from) - 1;
  for (let k = 0; ; k += 1) {
    const { from, to } = windowAt(scenario.baseline.from, scenario.monitor.window, k);
    if (Date.parse(from) > last) return windows;
    const mine = pick(
      rows,
      (row) => rows.at[row]! >= Date.parse(from) && rows.at[row]! < Date.parse(to) && rows.label[row]! <= 1,
    );
    windows.push({
      from,
      n: mine.length,
      frozen: scoreOf(rows, mine, frozen),
      loop: scoreOf(rows, mine, rows.score),
      champion: ledger.findLast(({ effectiveAt }) => effectiveAt <= from)?.champion ?? 1,
      drift: drift.get(key({ from, to })) ?? [],
    });
  }
}
