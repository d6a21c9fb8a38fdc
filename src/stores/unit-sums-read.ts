import type { Collection, Document } from 'mongodb';
import type { ExperimentDesign, UnitSums, VariantSums } from '../contracts';
import { maturityMs } from '../domain/experiment-schedule';
import type { AssignmentDocument } from './assignment';
import { allOf, eventMetrics } from './unit-sums-windows';
import type { EventMetric } from './unit-sums-windows';

/** What the database adds up of a group of units of one variant: about the centres, so that nothing cancels. */
export interface Totals {
  readonly variant: string;
  readonly units: number;
  readonly crossed: number;
  /** Σ(y − centre), Σ(y − centre)², Σ(x − centre), Σ(x − centre)², Σ(y − centre)(x − centre) by metric. */
  readonly metrics: readonly (readonly number[])[];
}

/** Of y and x, by metric. */
export type Centres = readonly (readonly [number, number])[];

const NO_TOTALS = [0, 0, 0, 0, 0] as const;

/** So many of the first units tell about where the values lie. */
const PILOT = 1_000;

/** Means over the first units: any value near the mean will do, but every read must take the same one. */
export async function centresOf(
  assignments: Collection<AssignmentDocument>,
  design: ExperimentDesign,
  match: Document,
): Promise<Centres> {
  const metrics = eventMetrics(design);
  const means = metrics.map((one) => ({
    [`y${one.place}`]: { $avg: valueOf(one) },
    [`x${one.place}`]: { $avg: `$m.x${one.place}` },
  }));
  const [found = {}] = await assignments
    .aggregate<Record<string, number>>([
      { $match: match },
      { $sort: IN_ORDER },
      { $limit: PILOT },
      { $group: { _id: null, ...allOf(means) } },
    ])
    .toArray();
  return metrics.map(({ place }) => [found[`y${place}`] ?? 0, found[`x${place}`] ?? 0]);
}

const IN_ORDER = { experiment: 1, exposedAt: 1, _id: 1 } as const;

/** Adds up units by variant; the units come in one order whatever came first, so the last bit is the same. */
export async function totalsOf(
  assignments: Collection<AssignmentDocument>,
  design: ExperimentDesign,
  centres: Centres,
  match: Document,
): Promise<Totals[]> {
  const found = await totalsBy(assignments, design, centres, { match, by: '$variant' });
  return found.map(({ totals }) => totals);
}

/** The same by variant and something else. */
export async function totalsBy(
  assignments: Collection<AssignmentDocument>,
  design: ExperimentDesign,
  centres: Centres,
  { match, by }: { readonly match: Document; readonly by: unknown },
): Promise<{ readonly by: unknown; readonly totals: Totals }[]> {
  const metrics = eventMetrics(design);
  const found = await assignments
    .aggregate<Record<string, number> & { variant: string }>([
      { $match: match },
      { $sort: IN_ORDER },
      // Worked out once, for each is used several times.
      { $project: { _id: 0, variant: 1, crossed: 1, by, ...allOf(metrics.map((one, k) => values(one, centres[k]!))) } },
      {
        $group: {
          _id: '$by',
          variant: { $first: '$variant' },
          units: { $sum: 1 },
          crossed: { $sum: { $cond: [{ $gt: ['$crossed', 0] }, 1, 0] } },
          ...allOf(metrics.map(accumulators)),
        },
      },
    ])
    .toArray();
  return found.map((group) => ({
    by: group._id,
    totals: {
      variant: group.variant,
      units: group.units!,
      crossed: group.crossed!,
      metrics: metrics.map(({ place }) => NAMES.map((name) => group[`${name}${place}`]!)),
    },
  }));
}

const NAMES = ['y', 'yy', 'x', 'xx', 'xy'] as const;

/** How far y and x of a unit are from the centres; without a covariate there is no x. */
function values(one: EventMetric, [cy, cx]: readonly [number, number]): Document {
  const p = one.place;
  const y = { [`y${p}`]: { $subtract: [valueOf(one), cy] } };
  return hasX(one) ? { ...y, [`x${p}`]: { $subtract: [`$m.x${p}`, cx] } } : y;
}

function hasX({ lookBack, denominator }: EventMetric): boolean {
  return lookBack > 0 || denominator !== null;
}

function accumulators(one: EventMetric): Document {
  const [p, has] = [one.place, hasX(one)];
  const [y, x] = [`$y${p}`, `$x${p}`];
  return {
    [`y${p}`]: { $sum: y },
    [`yy${p}`]: { $sum: { $multiply: [y, y] } },
    [`x${p}`]: { $sum: has ? x : 0 },
    [`xx${p}`]: { $sum: has ? { $multiply: [x, x] } : 0 },
    [`xy${p}`]: { $sum: has ? { $multiply: [x, y] } : 0 },
  };
}

function valueOf({ place, metric: { type, cap } }: EventMetric): unknown {
  const sum = `$m.y${place}`;
  if (type === 'proportion') return { $cond: [{ $gt: [sum, 0] }, 1, 0] };
  return cap === null ? sum : { $cond: [{ $gt: [sum, cap] }, cap, sum] };
}

/**
 * Groups of one design put together, variant by variant; a variant without units has n 0.
 * @param judged the groups whose units have had a window of so many milliseconds
 */
export function variantSums(
  design: ExperimentDesign,
  centres: Centres,
  judged: (window: number) => readonly Totals[],
): VariantSums[] {
  const known = eventMetrics(design);
  const whole = judged(maturityMs(design));
  return design.variants.map(({ name }) => {
    const unitsIn = (groups: readonly Totals[]): number => groups.reduce((sum, { units }) => sum + units, 0);
    const own = (groups: readonly Totals[]): Totals[] => groups.filter(({ variant }) => variant === name);
    const metrics = design.metrics.map((_, place) => {
      const index = known.findIndex((one) => one.place === place);
      const groups = index < 0 ? [] : own(judged(known[index]!.window));
      const units = unitsIn(groups);
      if (units === 0) return NO_UNITS;
      const totals = groups.reduce<readonly number[]>(
        (sum, group) => sum.map((value, k) => value + group.metrics[index]![k]!),
        NO_TOTALS,
      );
      return centred(units, totals, centres[index]!);
    });
    return { variant: name, units: unitsIn(own(whole)), metrics };
  });
}

const NO_UNITS: UnitSums = { n: 0, meanY: 0, m2Y: 0, meanX: 0, m2X: 0, cXY: 0 };

function centred(n: number, [y, yy, x, xx, xy]: readonly number[], [cy, cx]: readonly [number, number]): UnitSums {
  return {
    n,
    meanY: cy + y! / n,
    m2Y: Math.max(0, yy! - (y! * y!) / n),
    meanX: cx + x! / n,
    m2X: Math.max(0, xx! - (x! * x!) / n),
    cXY: xy! - (x! * y!) / n,
  };
}
