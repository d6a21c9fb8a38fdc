import {
  describe as describeColumn,
  describeMoments,
  momentsOf,
  quantiles,
  referenceStatistics,
} from '../../../src/statistics';
import { ok } from './mapper';
import type { Mappers } from './mapper';

/** Columns at a glance, as numpy has them. */
export const describe: Mappers = {
  describe: ({ x }, _args, expected) => {
    const { percentiles, ...found } = ok(describeColumn(x));
    // Percentiles that the glance leaves out are there for the asking.
    const others = Object.keys(expected?.percentiles ?? {}).filter((percent) => !(percent in percentiles));
    const values = ok(
      quantiles(
        x,
        others.map((percent) => Number(percent) / 100),
      ),
    ).values;
    const { skewness, excessKurtosis, variancePopulation, varianceSample } = describeMoments(momentsOf(x));
    return {
      ...found,
      variancePopulation,
      varianceSample,
      skewness,
      excessKurtosis,
      percentiles: { ...percentiles, ...Object.fromEntries(others.map((percent, index) => [percent, values[index]])) },
    };
  },
  referenceStats: ({ rows }) => {
    const { mean, std, percentiles, n } = ok(referenceStatistics(rows));
    return { mean, std, percentiles, n };
  },
};
