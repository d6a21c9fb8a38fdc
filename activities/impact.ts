import type {
  ControlGroup,
  ImpactActivities,
  ImpactModelPerformance,
  ImpactMonth,
  ImpactReport,
  ImpactSpec,
  Instant,
  Interval,
} from '../src/contracts';
import * as impact from '../src/domain/impact';
import { impactAdvice } from '../src/domain/impact-advice';
import { additionalRevenue, valueAgainst } from '../src/domain/impact-value';
import { before, durationMs } from '../src/domain/time';
import type { ImpactSumsQuery, StandingReport, Stores } from '../src/stores';
import { compareImpact, impactSampleRatio } from './impact-compare';

/** How many months an answer holds: the rest is in the database. */
const ANSWERED_MONTHS = 24;

/** What a tracker asks of its worker: its record, and the reports of its months. */
export function createImpactActivities(stores: Stores): ImpactActivities {
  return {
    openImpact: ({ spec }) => stores.impact.open(spec),
    recordImpact: ({ spec, groups }) => stores.impact.record(spec, groups),
    closeImpactWindows: async (input) => {
      const changes = await stores.impactEvents.changesOf(input.spec.model);
      const standing = await stores.impact.standing(input.spec.model);
      const known = new Map(standing.map((each) => [each.report.month, each]));
      const months: ImpactMonth[] = [];
      for (const month of impact.monthsBetween(input.spec.start, input.at)) {
        const part = partOf(input, month, changes);
        const report = part === null ? known.get(month)?.report : await reportOf(stores, part, known.get(month));
        if (report !== undefined) months.push(lineOf(report));
      }
      return months.slice(-ANSWERED_MONTHS);
    },
    endImpact: ({ model, closed }) => stores.impact.end(model, closed),
  };
}

/** The part of a month whose windows are over, and all that its report depends on. */
interface Part {
  readonly spec: ImpactSpec;
  readonly month: string;
  readonly period: Interval;
  readonly closedTo: Instant;
  readonly controlGroup: ControlGroup;
  readonly at: Instant;
  readonly inputs: string;
}

/** Null where no window is over, or nothing was ever written. */
function partOf(
  input: { readonly spec: ImpactSpec; readonly groups: readonly ControlGroup[]; readonly at: Instant },
  month: string,
  changes: ReadonlyMap<string, number>,
): Part | null {
  const { spec, groups, at } = input;
  const period = impact.periodOf(spec, month);
  const over = before(at, spec.attributionWindow);
  const closedTo = over < period.to ? over : period.to;
  const controlGroup = impact.controlGroupAt(groups, period.from);
  const written = impact.inputMonths(spec, groups, month).map((one) => changes.get(one) ?? 0);
  const count = written.reduce((sum, one) => sum + one, 0);
  if (closedTo <= period.from || controlGroup === null || count === 0) return null;
  const { impactMetrics, minimumUsers, attributionWindow, lookBack, currency } = spec;
  const expected = impact.expectedValue(spec, month, { from: period.from, to: closedTo });
  const settings = { impactMetrics, minimumUsers, attributionWindow, lookBack, currency, expected, controlGroup };
  return { spec, month, period, closedTo, controlGroup, at, inputs: JSON.stringify({ count, closedTo, ...settings }) };
}

/** The report of a part: what stands where nothing that it depends on has changed, otherwise a new one, recorded. */
async function reportOf(stores: Stores, part: Part, known: StandingReport | undefined): Promise<ImpactReport> {
  const complete = part.closedTo === part.period.to;
  // A tracker that was begun again on the data clock comes past months that were reported before.
  if (known !== undefined && (known.inputs === part.inputs || known.report.closedTo > part.closedTo))
    return known.report;
  const last = known?.report.revision ?? 0;
  const report = await written(stores, part, complete ? last + 1 : 0);
  if (last > 0 && contentOf(report) === contentOf(known!.report)) {
    await stores.impact.confirmReport(known!.report, part.inputs);
    return known!.report;
  }
  return stores.impact.putReport(report, part.inputs);
}

/** What makes a revision another one; how the model's alerts stand by now does not. */
function contentOf({ at: _at, revision: _revision, modelPerformance, recommendations: _said, ...rest }: ImpactReport) {
  return JSON.stringify([rest, modelPerformance.versions]);
}

async function written(stores: Stores, part: Part, revision: number): Promise<ImpactReport> {
  const { spec, month, period, closedTo, controlGroup, at } = part;
  const shown = { from: period.from, to: closedTo };
  const query: ImpactSumsQuery = {
    model: spec.model,
    shown,
    windowMs: durationMs(spec.attributionWindow),
    covariate: impact.covariateOf(spec, controlGroup),
  };
  const arms = await stores.impactSums.read(query);
  const metrics = compareImpact(arms, spec);
  const perUser = metrics.find(({ metric }) => metric === 'revenuePerUser')?.difference ?? null;
  const revenue = perUser === null ? null : additionalRevenue(perUser, arms.treatment.totals.users);
  const report: Omit<ImpactReport, 'recommendations'> = {
    model: spec.model,
    environment: spec.environment,
    month,
    ...period,
    closedTo,
    revision,
    at,
    currency: spec.currency,
    minimumUsers: spec.minimumUsers,
    controlGroup,
    groups: { control: arms.control.totals, treatment: arms.treatment.totals },
    sampleRatioP: impactSampleRatio(arms, controlGroup.controlGroupSize),
    metrics,
    additionalRevenue: revenue,
    value: valueAgainst(impact.expectedValue(spec, month, shown), revenue),
    modelPerformance: await performanceOf(stores, spec, query),
  };
  return { ...report, recommendations: impactAdvice(report) };
}

/** How the model did by its monitor, if it has one. */
async function performanceOf(
  stores: Stores,
  spec: ImpactSpec,
  query: ImpactSumsQuery,
): Promise<ImpactModelPerformance> {
  const { from, to } = query.shown;
  const windows = await stores.evaluations.list(spec, { from, to });
  const alerts = (await stores.alerts.list(spec)).filter(({ at }) => at >= from && at < to);
  return {
    windows: windows.length,
    served: windows.reduce((sum, window) => sum + window.served, 0),
    alertsRaised: alerts.length,
    alertsOpen: alerts.filter(({ state }) => state !== 'resolved').length,
    versions: await stores.impactSums.versions(query),
  };
}

function lineOf(report: ImpactReport): ImpactMonth {
  const { month, revision, closedTo, groups, additionalRevenue: revenue } = report;
  return {
    month,
    revision,
    closedTo,
    users: [groups.control.users, groups.treatment.users],
    additionalRevenue: revenue?.value ?? null,
  };
}
