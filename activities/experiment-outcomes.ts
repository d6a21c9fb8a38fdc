import type { DesignMetric, ExperimentDesign, ExperimentSums, Instant, UnitSums, VariantSums } from '../src/contracts';
import { durationMs, iso, ms } from '../src/domain/time';
import * as statistics from '../src/statistics';
import type { Stores, SumsQuery } from '../src/stores';
import { unitsOf } from './experiment-outcome-units';
import type { OutcomeUnit } from './experiment-outcome-units';

const WEEK_MS = durationMs('1w');

/**
 * The sums with those of metrics about outcomes, known by `at`, of served predictions in their places. A row's `unit`
 * is the unit where it names one, otherwise every prediction is a unit; its variant is that of the version that served
 * it first, its value the average over its labelled rows within the conversion window (a ratio's sides are sums). A
 * unit counts on a metric once that metric's window is over, and as a unit once all are. Where nobody logged
 * exposures, because traffic is divided by the deployment, the first rows are the exposures, for the split, the units
 * and the weeks too. Rows have no attributes, so segments are left as they are.
 */
export async function withOutcomes(
  stores: Stores,
  query: SumsQuery & { readonly at: Instant },
  sums: ExperimentSums,
): Promise<ExperimentSums> {
  const { design, from, exposedTo, at, epochs, detailed } = query;
  if (!design.metrics.some(({ source }) => source.kind === 'outcome')) return sums;
  const target = { model: design.model!, environment: design.environment };
  const window = Math.max(...design.metrics.map(({ conversionWindow }) => durationMs(conversionWindow)));
  const last = Math.min(ms(exposedTo) + window, ms(at));
  await stores.labels.fold(target);
  const rows = await stores.rows.read({
    target,
    from,
    to: iso(last),
    asOf: at,
    versions: design.variants.map(({ version }) => version!),
    servedOnly: true,
    units: true,
  });
  const { units, crossed } = unitsOf(design, rows, { end: ms(exposedTo), at: ms(at) });
  const logged = sums.exposed.some((epoch) => epoch.units.some((count) => count > 0));
  const filled = { ...sums, variants: filledIn(design, sums.variants, units, !logged) };
  const weeks = detailed ? weeksOf(design, sums, units, ms(from), !logged) : sums.weeks;
  if (logged) return { ...filled, weeks };
  return { ...filled, weeks, crossed, exposed: exposedOf(epochs, units) };
}

/** The sums of variants with the metrics about outcomes of some units. */
function filledIn(
  design: ExperimentDesign,
  variants: readonly VariantSums[],
  units: readonly OutcomeUnit[],
  isExposure: boolean,
): VariantSums[] {
  return variants.map((variant, index) => {
    const mine = units.filter((unit) => unit.variant === index);
    return {
      variant: variant.variant,
      units: isExposure ? mine.filter((unit) => unit.mature).length : variant.units,
      metrics: design.metrics.map((metric, place) =>
        metric.source.kind === 'outcome' ? sumsOf(metric, place, mine) : variant.metrics[place]!,
      ),
    };
  });
}

/** Sums over the units that have an outcome. */
function sumsOf(metric: DesignMetric, place: number, units: readonly OutcomeUnit[]): UnitSums {
  const known = units.map((unit) => unit.values[place]).filter((value) => value != null);
  const found = statistics.ratioOf(
    known.map(({ y }) => Math.min(y, metric.cap ?? Infinity)),
    known.map(({ x }) => x),
  );
  const { n, meanY, meanX, m2Y, m2X, cXY } = found;
  return { n, meanY, m2Y: m2Y ?? 0, meanX, m2X: m2X ?? 0, cXY: cXY ?? 0 };
}

function weeksOf(
  design: ExperimentDesign,
  { variants, weeks }: ExperimentSums,
  units: readonly OutcomeUnit[],
  from: number,
  isExposure: boolean,
): ExperimentSums['weeks'] {
  const weekOf = (unit: OutcomeUnit) => Math.floor((unit.first - from) / WEEK_MS);
  const known = new Map(weeks.map((week) => [week.week, week.variants]));
  const numbers = [...new Set([...known.keys(), ...(isExposure ? units.map(weekOf) : [])])].sort((a, b) => a - b);
  const nothing = variants.map(({ variant }) => ({ variant, units: 0, metrics: design.metrics.map(() => NO_UNITS) }));
  return numbers.map((week) => {
    const mine = units.filter((unit) => weekOf(unit) === week);
    return { week, variants: filledIn(design, known.get(week) ?? nothing, mine, isExposure) };
  });
}

const NO_UNITS: UnitSums = { n: 0, meanY: 0, m2Y: 0, meanX: 0, m2X: 0, cXY: 0 };

/** Units by the weights that were in force when they came. */
function exposedOf(epochs: SumsQuery['epochs'], units: readonly OutcomeUnit[]): ExperimentSums['exposed'] {
  return epochs.map(({ from, weights }, index) => {
    const [start, end] = [ms(from), index + 1 < epochs.length ? ms(epochs[index + 1]!.from) : Infinity];
    const counts = weights.map(() => 0);
    for (const { first, variant } of units) if (first >= start && first < end) counts[variant]! += 1;
    return { weights, units: counts };
  });
}
