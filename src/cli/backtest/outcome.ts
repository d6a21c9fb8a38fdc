import { summarise } from '../../../activities/performance';
import type {
  BacktestAlert,
  BacktestOutcome,
  BacktestPolicy,
  BacktestRetraining,
  BacktestWindow,
  MonitorSpec,
  Performance,
  Score,
} from '../../contracts';
import { levelOf } from '../../domain/alert';
import { windowAt } from '../../domain/time';
import { NO_PREDICTION } from '../../stores';
import { round } from '../replay/summary';
import type { Alarm } from './monitor';
import type { Replayed, ReplayedRetraining } from './simulate';
import { daysBetween, judgeAlarms } from './truth';
import { valueOf } from './worth';
import type { World } from './world';

/** Sums a replayed policy up. `behindBest` is filled in beside the other policies. */
export function outcomeOf(policy: BacktestPolicy, replayed: Replayed): BacktestOutcome {
  const { world, spec, state, alarms, recorded } = replayed;
  const judged = judgeAlarms(alarms, policy.truth);
  const rows = answered(world, spec.baseline.to);
  const frozen = recorded ? null : rows.map((row) => world.version(1).predictions[row]!);
  const promotions = world.ledger
    .filter(({ action }) => action === 'promote')
    .map(({ effectiveAt: at, champion: version }) => ({ at, version }));
  const baseline = state.baseline?.value ?? null;
  return {
    policy: policy.name,
    gate: policy.gate,
    baseline: round(baseline),
    level: round(levelOf(spec, baseline)),
    alerts: alertsOf(alarms, judged.verdicts),
    truth: judged.truth,
    falseAlarms: judged.falseAlarms,
    missed: judged.missed,
    retrainings: replayed.retrainings.map((each) => retrainingOf(world, spec, each)),
    promotions,
    daysToPromotion:
      alarms.length === 0 || promotions.length === 0 ? null : daysBetween(alarms[0]!.at, promotions[0]!.at),
    served: scoreOf(world, rows, (row) => world.rows.prediction[row]!, world.rows.score),
    frozen: recorded
      ? null
      : scoreOf(world, rows, (row) => world.version(1).predictions[row]!, world.version(1).scores),
    value: valueServed(world, spec, rows, frozen),
    windows: windowsOf(world, spec, recorded),
    judgedFrom: spec.baseline.to,
    notes: replayed.notes,
  };
}

/** Alerts that opened, and those found again that ask for more than to be told of once more. */
function alertsOf(alarms: readonly Alarm[], verdicts: readonly BacktestAlert['verdict'][]): BacktestOutcome['alerts'] {
  return alarms.flatMap(({ at, alert, actions, opened }, index) => {
    if (!opened && actions.length === 0 && alert.withheld.length === 0) return [];
    const { kind, subject, metric, severity, summary } = alert;
    const withheld = alert.withheld.map(({ action, reason }) => `${action}: ${reason}`);
    const event = opened ? 'opened' : 'again';
    return [{ at, event, kind, subject, metric, severity, summary, actions, withheld, verdict: verdicts[index]! }];
  });
}

/** Rows from an instant on that got a prediction; in a stream every row has its outcome. */
function answered({ rows }: World, from: string, to?: string): number[] {
  const start = rows.indexOf(from);
  const end = to === undefined ? rows.n : rows.indexOf(to);
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index).filter(
    (row) => rows.prediction[row] !== NO_PREDICTION,
  );
}

function scoreOf(
  { rows }: World,
  indexes: readonly number[],
  answer: (row: number) => number,
  scores: Float64Array,
): { n: number } & Score {
  const performance = summarise(
    indexes.map((row) => rows.label[row]!),
    indexes.map(answer),
    indexes.map((row) => scores[row]!),
  );
  return { n: performance.n, ...rounded(performance) };
}

function rounded({ accuracy, logLoss }: Performance): Score {
  return { accuracy: round(accuracy), logLoss: round(logLoss) };
}

function retrainingOf(world: World, spec: MonitorSpec, each: ReplayedRetraining): BacktestRetraining {
  const { at, closedAt, decision, reasons, challenger } = each;
  const { gate, version, rows } = challenger;
  return {
    at,
    closedAt,
    rows,
    decision,
    reasons,
    challenger: version,
    holdout:
      gate === null
        ? null
        : { n: gate.challenger.n, champion: rounded(gate.champion), challenger: rounded(gate.challenger) },
    waiting: version === null ? null : waitingOf(world, spec, version, { from: at, to: closedAt }),
  };
}

/** What the challenger would have had right while the gate was open, beyond what was served. */
function waitingOf(
  world: World,
  { cost }: MonitorSpec,
  version: number,
  { from, to }: { from: string; to: string },
): BacktestRetraining['waiting'] {
  const rows = answered(world, from, to);
  const labels = rows.map((row) => world.rows.label[row]!);
  const served = rows.map((row) => world.rows.prediction[row]!);
  const instead = rows.map((row) => world.version(version).predictions[row]!);
  return {
    days: daysBetween(from, to),
    rows: rows.length,
    correct: rightOf(instead, labels) - rightOf(served, labels),
    value: cost === undefined ? null : round(valueOf(cost, instead, labels) - valueOf(cost, served, labels)),
  };
}

function rightOf(answers: readonly number[], labels: readonly number[]): number {
  return answers.filter((answer, row) => answer === labels[row]).length;
}

function valueServed(
  world: World,
  { cost }: MonitorSpec,
  rows: readonly number[],
  frozenAnswers: readonly number[] | null,
): BacktestOutcome['value'] {
  if (cost === undefined) return null;
  const labels = rows.map((row) => world.rows.label[row]!);
  const served = valueOf(
    cost,
    rows.map((row) => world.rows.prediction[row]!),
    labels,
  );
  const frozen = frozenAnswers === null ? null : valueOf(cost, frozenAnswers, labels);
  const gain = frozen === null ? null : round(served - frozen);
  return { currency: cost.currency, served: round(served)!, frozen: round(frozen), gain, behindBest: null };
}

function windowsOf(world: World, spec: MonitorSpec, recorded: boolean): BacktestWindow[] {
  const windows: BacktestWindow[] = [];
  const last = world.rows.at.at(-1) ?? Number.NEGATIVE_INFINITY;
  for (let k = 0; ; k += 1) {
    const { from, to } = windowAt(spec.baseline.from, spec.window, k);
    if (Date.parse(from) > last) return windows;
    const rows = answered(world, from, to);
    const labels = rows.map((row) => world.rows.label[row]!);
    windows.push({
      from,
      n: rows.length,
      correct: rightOf(
        rows.map((row) => world.rows.prediction[row]!),
        labels,
      ),
      frozenCorrect: recorded
        ? null
        : rightOf(
            rows.map((row) => world.version(1).predictions[row]!),
            labels,
          ),
      champion: recorded
        ? rows.length === 0
          ? 0
          : world.rows.version[rows[0]!]!
        : (world.ledger.findLast(({ effectiveAt }) => effectiveAt <= from)?.champion ?? 1),
    });
  }
}

/** Values beside the best policy's, where all are counted by the same cost. */
export function besideBest(outcomes: readonly BacktestOutcome[], specs: readonly MonitorSpec[]): BacktestOutcome[] {
  const same = new Set(specs.map(({ cost }) => JSON.stringify(cost))).size === 1;
  const best = Math.max(...outcomes.map(({ value }) => value?.served ?? Number.NEGATIVE_INFINITY));
  return outcomes.map((outcome) =>
    outcome.value === null || !same
      ? outcome
      : { ...outcome, value: { ...outcome.value, behindBest: round(best - outcome.value.served) } },
  );
}
