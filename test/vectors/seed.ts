import { IMPACT_METRICS } from '../../src/contracts';
import type { ImpactTotals } from '../../src/contracts';
import { checkThresholds } from '../../src/domain/alert';
import { additionalRevenue, impactValues, liftOf } from '../../src/domain/impact-value';
import { assign } from '../../src/domain/assignment';
import { nextFires, parseCron } from '../../src/domain/cron';
import { brokenRules, gateOf } from '../../src/domain/pipeline-gate';
import { automatedResponse } from '../../src/domain/response';
import { render } from '../../src/domain/template';
import type { StageFacts } from '../../src/domain/template';
import { parseTemplate } from '../../src/domain/template-parser';
import { experimentDesignSchema, parseWith } from '../../src/schemas';
import {
  classificationMetrics,
  driftReference,
  judgeBatch,
  proportionOf,
  referenceStatistics,
} from '../../src/statistics';
import { compileText } from '../../src/cli/pipelines-file';
import { designInput } from '../support/design-input';
import { running } from '../support/designs';
import { compiledOf, SAMPLE_PIPELINE, stageInput } from '../support/pipelines';
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
  MLABTestFramework: {
    createExperiment: ({
      config: { name, minimum_detectable_effect: minimumDetectableEffect, statistical_power: power },
    }) => {
      const design = designInput({ id: name, minimumDetectableEffect, power });
      const made = parseWith(experimentDesignSchema, design, 'experiment design');
      return { minimum_detectable_effect: made.minimumDetectableEffect, statistical_power: made.power };
    },
    assignUserToVariant: ({ active, eligible, existing }) => {
      const conditions = [{ attribute: 'eligible', operator: 'is', value: true }] as const;
      const experiment = running({ eligibility: conditions }, { running: active });
      return { variant: assign(experiment, 'u1', { eligible }, existing).variant };
    },
  },
  BusinessImpactTracker: {
    calculateGroupMetrics: ({ events }) => {
      const values = impactValues(totalsOf(events));
      return Object.fromEntries(IMPACT_METRICS.map((metric) => [snake(metric), values[metric]]));
    },
    calculateLift: ({ treatment, control, impactMetrics }) =>
      Object.fromEntries(
        impactMetrics.flatMap((metric: string) => {
          const lift = liftOf(treatment[metric] ?? null, control[metric] ?? null);
          return lift === null ? [] : [[metric, snakeKeys(lift)]];
        }),
      ),
    totalImpact: ({ liftAnalysis, totalUsers }) =>
      Object.fromEntries(
        Object.entries<any>(liftAnalysis)
          .filter(([metric]) => metric.includes('revenue'))
          .map(([metric, { absolute_difference: value }]) => [
            `additional_${metric}`,
            additionalRevenue({ value, low: null, high: null }, totalUsers).value,
          ]),
      ),
  },
  DeclarativePipeline: {
    executionOrder: ({ stages }) => ({
      order: compiledOf(stages.map(({ name, ...stage }: any) => stageInput(name, stage))).stages.map(
        ({ name }) => name,
      ),
    }),
    runStages: ({ metrics, failStage }) => outcomesOf(metrics, failStage),
    renderTemplate: ({ template, date: day }) => {
      const found = render(parseTemplate(template), { day, params: {}, stages: {} });
      return 'value' in found ? found.value : found;
    },
    nextRun: ({ cron, after, tz }) => nextFires(parseCron(cron), tz, after, 1)[0]!.replace('.000Z', 'Z'),
  },
  AutomatedResponse: {
    respond: ({ alerts = [], driftFeatures = [], hasPreviousVersion = false }) =>
      automatedResponse({ alerts, driftFeatures, hasPreviousVersion }),
  },
};

/** How the stages of the pipeline that ships end, by the gates and rules alone; every stage reports the same metrics. */
function outcomesOf(metrics: Record<string, number>, failStage: string | null): Record<string, string> {
  const stages: Record<string, StageFacts> = {};
  for (const stage of compileText(SAMPLE_PIPELINE, 'seed').pipeline.stages) {
    const { gate } = gateOf(stage, new Set(), { day: '2026-11-25', params: {}, stages });
    const broken = stage.name === failStage || brokenRules(stage.validationRules, metrics).length > 0;
    const outcome = gate === 'skip' ? 'skipped' : gate === 'fail' || broken ? 'failed' : 'succeeded';
    stages[stage.name] = { outcome, outputs: {}, metrics };
  }
  return Object.fromEntries(Object.entries(stages).map(([name, { outcome }]) => [name, outcome]));
}

/** What a group's users did, from rows of recommendations; a row with an order has one. */
function totalsOf(rows: readonly any[]): ImpactTotals {
  const bought = rows.filter(({ converted }) => converted);
  const sum = (of: (row: any) => number): number => bought.reduce<number>((total, row) => total + of(row), 0);
  const orders = new Map<unknown, number>();
  for (const { user_id: user } of bought) orders.set(user, (orders.get(user) ?? 0) + 1);
  return {
    users: new Set(rows.map(({ user_id: user }) => user)).size,
    events: rows.length,
    clicks: rows.filter(({ clicked }) => clicked).length,
    conversions: bought.length,
    orders: bought.length,
    revenue: sum(({ revenue }) => revenue),
    secondsToConversion: sum(({ time_to_conversion: seconds }) => seconds),
    buyers: orders.size,
    repeatBuyers: [...orders.values()].filter((n) => n > 1).length,
  };
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function snakeKeys(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [snake(name), value]));
}

/** Rows of numbers as columns, named by their place. */
function tableOf(rows: readonly (readonly number[])[]): Record<string, number[]> {
  const width = rows[0]?.length ?? 0;
  return Object.fromEntries(
    Array.from({ length: width }, (_, column) => [String(column), rows.map((row) => row[column]!)]),
  );
}
