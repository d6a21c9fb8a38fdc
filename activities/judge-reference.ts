import type { DriftPolicy, Instant, Interval, ModelTarget, MonitorSpec } from '../src/contracts';
import { featureReference } from '../src/statistics';
import type { FeatureReference } from '../src/statistics';
import type { Stores } from '../src/stores';
import { seasonOf } from './evidence';
import type { FrozenReference, SeasonReference } from './evidence';
import { pickRows, rowsBySeason, subjectColumns } from './judge-columns';
import type { SubjectColumn } from './judge-columns';
import { LEAST_ROWS } from './judge-drift';
import type { FrozenDocuments } from './judge-frozen';

/** What of a spec says what drift is judged by. */
export type ReferencePlan = ModelTarget & Pick<MonitorSpec, 'reference' | 'task'> & { readonly drift: DriftPolicy };

/** Seasons with their references, as they are frozen. */
type Seasons = readonly (readonly [string, SeasonReference])[];

/**
 * The frozen reference that a window is compared with, frozen now if it was not. Rows count as they were: whatever
 * version served them, and rows that were only imported. Where nobody predicted them, predictions and scores have no
 * reference and are not judged.
 * @param from start of the window: what served then says which training rows are meant
 * @param at the instant of the look: an interval that is not over then is not frozen
 * @returns a text that says why there is none
 */
export async function referenceOf(
  stores: Stores,
  frozen: FrozenDocuments,
  plan: ReferencePlan,
  { from, at }: { readonly from: Instant; readonly at: Instant },
): Promise<FrozenReference | string> {
  const source = plan.reference === 'training' ? await trainingOf(stores, plan, from) : intervalSource(plan.reference);
  if (typeof source === 'string') return source;
  const { interval, name } = source;
  if (interval.to > at) return `the reference ends at ${interval.to}`;
  const season = seasonOf(plan.drift);
  return frozen.get<FrozenReference>({
    target: plan,
    kind: 'reference',
    source: season === 'none' ? name : `${name}, by ${season}`,
    at,
    make: async () => {
      const { model, environment } = plan;
      const query = { target: { model, environment }, ...interval, asOf: interval.to, features: true, ids: false };
      const rows = await stores.rows.read(query);
      // The seed compares whatever there is, so only a reference of nothing is none.
      const least = plan.drift.mode === 'seed' ? 1 : LEAST_ROWS;
      if (rows.n < least) return `the reference has ${rows.n} rows: expected ${least}`;
      const columns = subjectColumns(rows, plan.task);
      const seasons: Seasons = [...rowsBySeason(rows.at, season)].map(([key, picked]) => [
        key,
        seasonReference(columns, picked),
      ]);
      return { content: seasons, rows: rows.n };
    },
    read: (given, content) => ({ name: given, seasons: new Map(content as Seasons) }),
  });
}

interface Source {
  readonly name: string;
  readonly interval: Interval;
}

function intervalSource(interval: Interval): Source {
  return { name: `${interval.from}/${interval.to}`, interval };
}

/** The rows that the version was trained on which served when the window began. */
async function trainingOf(stores: Stores, target: ModelTarget, from: Instant): Promise<Source | string> {
  const serving = await stores.deployments.at(target, from);
  if (serving === null) return `nothing of ${target.model} was deployed in ${target.environment} at ${from}`;
  const version = await stores.registry.find(target.model, serving.champion);
  const interval = version?.trainedOn ?? null;
  if (interval === null) return `the registry does not say what ${target.model}@${serving.champion} was trained on`;
  return { name: `training of ${target.model}@${serving.champion}, ${interval.from}/${interval.to}`, interval };
}

/** The reference of some rows. */
function seasonReference(columns: readonly SubjectColumn[], rows: Uint32Array): SeasonReference {
  const accept = ({ feature, kind, column }: SubjectColumn): FeatureReference =>
    featureReference(feature, pickRows(column, rows), { kind });
  const only = (of: SubjectColumn['of']): FeatureReference | null => {
    const found = columns.find((each) => each.of === of);
    return found === undefined ? null : accept(found);
  };
  const features = columns.filter(({ of }) => of === 'feature').map(accept);
  return { rows: rows.length, features, prediction: only('prediction'), score: only('score') };
}
