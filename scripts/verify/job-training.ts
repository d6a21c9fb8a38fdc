import { adjustedMeanOf, compareArms, mannWhitney, meanOf } from '../../src/statistics';
import type { MeanResult } from '../../src/statistics';
import { ok } from './layout';
import type { Layout } from './layout';
import { shares } from './proportions';
import { numbers, placesOf } from './table';
import type { Table } from './table';

/** A randomised job training: earnings after it, alone and with those of a year before as the covariate. */
export const jobTraining: Layout = {
  name: 'randomised job training',
  columns: ['treat', 're74', 're75', 're78'],
  recompute: (table) => {
    const [control, treatment] = ['0', '1'].map((arm) => valuesOf(table, arm, 're78'));
    const employed = (values: readonly number[]): [number, number] => [
      values.filter((value) => value > 0).length,
      values.length,
    ];
    return {
      re78: { ...means(compareArms(meanOf(control!), meanOf(treatment!))), ...ranks(control!, treatment!) },
      re78_cuped_re74: adjusted(table, 're74'),
      re78_cuped_re75: adjusted(table, 're75'),
      employed78: shares(employed(control!), employed(treatment!)),
    };
  },
};

function valuesOf(table: Table, arm: string, column: string): number[] {
  const values = numbers(table, column);
  return placesOf(table, 'treat', arm).map((row) => values[row]!);
}

function adjusted(table: Table, covariate: string): Record<string, unknown> {
  const [y, x] = [
    ['0', '1'].map((arm) => valuesOf(table, arm, 're78')),
    ['0', '1'].map((arm) => valuesOf(table, arm, covariate)),
  ];
  const test = compareArms(adjustedMeanOf(y[0]!, x[0]!), adjustedMeanOf(y[1]!, x[1]!));
  const { theta, correlation, varianceReduction } = ok(test).adjustment!;
  const centre = meanOf(x.flat()).mean;
  const [control, treatment] = y.map((values, arm) =>
    values.map((value, row) => value - theta * (x[arm]![row]! - centre)),
  );
  return { ...means(test), ...ranks(control!, treatment!), theta, corr: correlation, varianceReduction };
}

function means(result: MeanResult): Record<string, unknown> {
  const test = ok(result);
  const { effect, statistic, degreesOfFreedom, pValue, variances } = test;
  const [control, treatment] = test.means;
  return {
    n: test.n,
    means: test.means,
    vars: variances,
    // Relative to the control as it is compared, adjusted or not.
    liftPct: (100 * (treatment - control)) / control,
    t: statistic,
    df: degreesOfFreedom,
    p: pValue,
    ci95: [effect.interval?.low, effect.interval?.high],
  };
}

function ranks(control: readonly number[], treatment: readonly number[]): Record<string, unknown> {
  const { statistic, pValue } = ok(mannWhitney(control, treatment));
  return { mannWhitneyU_t_vs_c: statistic, mannWhitneyP: pValue };
}
