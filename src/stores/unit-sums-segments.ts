import type { Collection, Document } from 'mongodb';
import type { ExperimentDesign, ExperimentSums } from '../contracts';
import type { AssignmentDocument } from './assignment';
import { totalsBy, variantSums } from './unit-sums-read';
import type { Centres } from './unit-sums-read';

/** Values of an attribute that are shown by themselves; the rest together are `other`. */
const MOST_VALUES = 20;
const REST = 'other';
/** The value of units that do not have the attribute. */
const UNKNOWN = 'unknown';

/** Sums by value of each segment attribute, the largest first. */
export async function segmentSums(
  assignments: Collection<AssignmentDocument>,
  design: ExperimentDesign,
  centres: Centres,
  match: Document,
): Promise<ExperimentSums['segments']> {
  const segments: ExperimentSums['segments'][number][] = [];
  for (const [place, attribute] of design.segments.entries()) {
    const value = { $ifNull: [{ $arrayElemAt: ['$segments', place] }, UNKNOWN] };
    const largest = await assignments
      .aggregate<{ _id: string }>(
        [
          { $match: match },
          { $group: { _id: value, units: { $sum: 1 } } },
          { $sort: { units: -1, _id: 1 } },
          { $limit: MOST_VALUES + 1 },
        ],
        { allowDiskUse: true },
      )
      .toArray();
    const shown = largest.slice(0, largest.length > MOST_VALUES ? MOST_VALUES : undefined).map(({ _id }) => _id);
    const label = { $cond: [{ $in: [value, { $literal: shown }] }, value, REST] };
    const by = { variant: '$variant', label };
    const groups = await totalsBy(assignments, design, centres, { match, by });
    for (const name of largest.length > MOST_VALUES ? [...shown.filter((one) => one !== REST), REST] : shown) {
      const own = groups.filter((group) => (group.by as { label: string }).label === name);
      const totals = own.map((group) => group.totals);
      const variants = variantSums(design, centres, () => totals);
      segments.push({ attribute, value: name, variants });
    }
  }
  return segments;
}
