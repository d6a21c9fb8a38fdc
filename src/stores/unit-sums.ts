import type { Collection, Db } from 'mongodb';
import type { ExperimentDesign, ExperimentSums, Instant, WeightsEpoch } from '../contracts';
import { maturityMs } from '../domain/experiment-schedule';
import { iso, ms } from '../domain/time';
import type { AssignmentDocument } from './assignment';
import { inParallel } from './in-parallel';
import type { MetricEventDocument } from './metric-event-document';
import { recomputation } from './unit-sums-fold';
import type { DirtyUnit } from './unit-sums-fold';
import { centresOf, totalsOf, variantSums } from './unit-sums-read';
import type { Totals } from './unit-sums-read';
import { segmentSums } from './unit-sums-segments';
import { eventMetrics } from './unit-sums-windows';

/** Which units an analysis is about. */
export interface SumsQuery {
  readonly design: ExperimentDesign;
  /** First exposed in [from, exposedTo). */
  readonly from: Instant;
  readonly exposedTo: Instant;
  /** A unit counts on a metric once its window is over by then, and as a unit once all are. Unless given, all are. */
  readonly at?: Instant | undefined;
  readonly epochs: readonly WeightsEpoch[];
  /** Whether to break down by segments and weeks too. */
  readonly detailed: boolean;
}

/** Events that are marked as folded together. */
const CHUNK = 5_000;
/** Units whose sums are computed by one command, and so many commands before more units are asked for. */
const UNITS_AT_ONCE = 1_000;
const ROUND = 8;
const DAY = 86_400_000;
const WEEK = 604_800_000;

/** Per-unit sums of metric events, kept as they come and reduced inside MongoDB. */
export class UnitSumsStore {
  private readonly assignments: Collection<AssignmentDocument>;
  private readonly events: Collection<MetricEventDocument>;

  constructor(db: Db) {
    this.assignments = db.collection('assignments');
    this.events = db.collection('metricEvents');
  }

  /** Brings the sums of an experiment's units up to what is stored; idempotent, safe beside others. */
  async fold(design: ExperimentDesign): Promise<void> {
    // Oldest first: a chunk that is not full holds all that was there.
    for (let found = CHUNK; found === CHUNK;) {
      const chunk = await this.events
        .find({ folded: { $eq: false } })
        .project<Pick<MetricEventDocument, '_id' | 'unit' | 'at'>>({ unit: 1, at: 1 })
        .limit(CHUNK)
        .toArray();
      await this.mark(chunk);
      found = chunk.length;
    }
    await this.recompute(design, {});
  }

  /**
   * Tells units of stored events that their sums are out of date, in every experiment that the events may matter to.
   * Only then are the events folded: after a crash between the two they are told again, which does no harm.
   */
  async mark(events: readonly Pick<MetricEventDocument, '_id' | 'unit' | 'at'>[]): Promise<void> {
    if (events.length === 0) return;
    const times = events.map(({ at }) => at.getTime());
    const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
    const concerned = {
      unit: { $in: [...new Set(events.map(({ unit }) => unit))] },
      since: { $lte: new Date(last) },
      until: { $gt: new Date(first) },
    };
    await this.assignments.updateMany(concerned, { $set: { dirty: true }, $inc: { marks: 1 } });
    await this.events.updateMany({ _id: { $in: events.map(({ _id }) => _id) } }, { $set: { folded: true } });
  }

  /** The experiments in which sums of these units are out of date. */
  async dirtyIn(units: readonly string[]): Promise<string[]> {
    return this.assignments.distinct('experiment', { unit: { $in: [...units] }, dirty: { $eq: true } });
  }

  /** Brings the sums of some units up to date. */
  async foldUnits(design: ExperimentDesign, units: readonly string[]): Promise<void> {
    await this.recompute(design, { unit: { $in: [...units] } });
  }

  /** Sums by variant, segment and week; metrics about outcomes are left at n 0. */
  async read({ design, from, exposedTo, at, epochs, detailed }: SumsQuery): Promise<ExperimentSums> {
    const between = (start: number, end: number) => ({
      experiment: { $eq: design.id },
      exposedAt: { $gte: new Date(start), $lt: new Date(end) },
    });
    const [start, end] = [ms(from), ms(exposedTo)];
    // Units that came before this have had a window: it is over at its end, so a millisecond is added.
    const before = (window: number): number => (at === undefined ? end : Math.min(end, ms(at) - window + 1));
    const all = between(start, end);
    const centres = await centresOf(this.assignments, design, all);
    // Weeks, epochs and what has had a window are stretches of time: they are added up side by side, and together they are the whole.
    const begins = epochs.map((epoch, index) => (index === 0 ? start : Math.max(start, ms(epoch.from))));
    const windows = eventMetrics(design).map(({ window }) => before(window));
    const whole = before(maturityMs(design));
    const cuts = stretches(start, end, [...begins, ...windows, whole]);
    const parts = new Map<number, readonly Totals[]>();
    await inParallel(cuts, async ([a, b]) => {
      parts.set(a, await totalsOf(this.assignments, design, centres, between(a, b)));
    });
    const within = (since: number, until: number): Totals[] =>
      cuts.flatMap(([a]) => (a >= since && a < until ? parts.get(a)! : []));
    const judged = (since: number, until: number) => (window: number) => within(since, Math.min(until, before(window)));
    const unitsOf = (groups: readonly Totals[]): number[] =>
      design.variants.map(({ name }) =>
        groups.reduce((sum, { variant, units }) => sum + (variant === name ? units : 0), 0),
      );
    return {
      from: iso(start),
      to: iso(end),
      variants: variantSums(design, centres, judged(start, end)),
      exposed: epochs.map(({ weights }, index) => ({
        weights,
        units: unitsOf(within(begins[index]!, begins[index + 1] ?? end)),
      })),
      crossed: within(start, end).reduce((sum, { crossed }) => sum + crossed, 0),
      segments: detailed ? await segmentSums(this.assignments, design, centres, between(start, whole)) : [],
      weeks: detailed
        ? starts(start, end, WEEK).map((week, k) => ({
            week: k,
            variants: variantSums(design, centres, judged(week, week + WEEK)),
          }))
        : [],
    };
  }

  private async recompute(
    design: ExperimentDesign,
    filter: { readonly unit?: { readonly $in: string[] } },
  ): Promise<void> {
    const dirty = this.assignments
      .find({ experiment: { $eq: design.id }, dirty: { $eq: true }, ...filter })
      .project<DirtyUnit>({ since: 1, until: 1 })
      // Units of one time read events of one time.
      .sort({ exposedAt: 1 });
    let chunks: DirtyUnit[][] = [[]];
    const fold = (): Promise<void> =>
      inParallel(chunks, async (units) => {
        if (units.length > 0) await this.assignments.aggregate(recomputation(design, units)).toArray();
      });
    for await (const unit of dirty) {
      chunks.at(-1)!.push(unit);
      if (chunks.at(-1)!.length < UNITS_AT_ONCE) continue;
      if (chunks.length === ROUND) {
        await fold();
        chunks = [];
      }
      chunks.push([]);
    }
    await fold();
  }
}

function starts(start: number, end: number, length: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / length)) }, (_, k) => start + k * length);
}

/** [start, end) cut where a weights epoch begins and at its weeks; at its days where so few weeks would leave cores idle. */
function stretches(start: number, end: number, begins: readonly number[]): [number, number][] {
  const step = end - start > 2 * WEEK ? WEEK : DAY;
  const points = [...new Set([...starts(start, end, step), ...begins])].filter(
    (point) => point >= start && point < end,
  );
  points.sort((a, b) => a - b);
  return points.map((point, k) => [point, points[k + 1] ?? end]);
}
