import { checkThresholds } from '../../src/domain/alert';
import { automatedResponse } from '../../src/domain/response';
import {
  classificationMetrics,
  driftReference,
  judgeBatch,
  proportionOf,
  referenceStatistics,
} from '../../src/statistics';
import { ok } from './map/mapper';
import type { Mappers } from './map/mapper';

/** Cases of the systems that the idea of this project came from, as calls of ours; a system without an entry is skipped. */
export const seed: Readonly<Record<string, Mappers>> = {
  DataDriftMonitor: {
    detectDrift: ({ reference, current, threshold = 0.05 }) => {
      const frozen = driftReference(tableOf(reference), { version: 'seed' });
      const found = judgeBatch(frozen, tableOf(current), { mode: 'seed', alpha: threshold });
      return {
        driftDetected: found.driftDetected,
        driftFeatures: found.driftFeatures.map(Number),
        details: found.features.map((feature) => {
          const { statistic, pValue } = ok(feature);
          return { statistic, p: pValue };
        }),
      };
    },
    referenceStats: ({ reference }) => {
      const { mean, std, percentiles } = ok(referenceStatistics(reference));
      return { mean, std, percentiles };
    },
  },
  ModelPerformanceMonitor: {
    calculatePerformanceMetrics: ({ predictions, config = {} }) => {
      const minimum = config.min_samples ?? 100;
      // The seed answers None where ours says insufficient-data.
      if (predictions.length < minimum) return null;
      const right = proportionOf(predictions.map((row: any) => row.prediction === row.actual));
      const clicked = predictions.map((row: any) => Number(row.actual === 'click'));
      const said = predictions.map((row: any) => Number(row.prediction === 'click'));
      const { ctr } = ok(classificationMetrics(clicked, said));
      return { accuracy: right.successes / right.n, ctr: ctr.value };
    },
    checkAlerts: ({ currentMetrics = {}, alertThresholds = {}, directions, highMargins }) =>
      checkThresholds(currentMetrics, alertThresholds, directions, highMargins).map(
        ({ metric, currentValue, threshold, severity }) => ({
          metric,
          current_value: currentValue,
          threshold,
          severity,
        }),
      ),
  },
  AutomatedResponse: {
    respond: ({ alerts = [], driftFeatures = [], hasPreviousVersion = false }) =>
      automatedResponse({ alerts, driftFeatures, hasPreviousVersion }),
  },
};

/** Rows of numbers as columns, named by their place. */
function tableOf(rows: readonly (readonly number[])[]): Record<string, number[]> {
  const width = rows[0]?.length ?? 0;
  return Object.fromEntries(
    Array.from({ length: width }, (_, column) => [String(column), rows.map((row) => row[column]!)]),
  );
}
