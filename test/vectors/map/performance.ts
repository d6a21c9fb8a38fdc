import {
  areaUnderRoc,
  averagePrecision,
  brierScore,
  classificationMetrics,
  coefficientOfDetermination,
  discountedCumulativeGain,
  hitRateAtK,
  logLoss,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanBias,
  meanReciprocalRank,
  meanSquaredError,
  normalisedDiscountedCumulativeGain,
  precisionAtK,
  rootMeanSquaredError,
} from '../../../src/statistics';
import type { MetricResult } from '../../../src/statistics';
import { ok } from './mapper';
import type { Mappers } from './mapper';

/** A metric's value, or null where the data have none. */
const valueOf = (result: MetricResult | { readonly status: string }) => ('value' in result ? result.value : null);

/** Metrics of classifiers, of predicted numbers and of rankings, as scikit-learn has them. */
export const performance: Mappers = {
  binaryMetrics: ({ labels, scores }, { threshold = 0.5 }) => {
    const { confusion, accuracy, precision, recall, f1, ctr } = ok(
      classificationMetrics(labels, scores, { threshold }),
    );
    return {
      confusion,
      accuracy: accuracy.value,
      precision: precision.value,
      recall: recall.value,
      f1: f1.value,
      ctr: ctr.value,
      logloss: valueOf(logLoss(labels, scores)),
      brier: valueOf(brierScore(labels, scores)),
      auc: valueOf(areaUnderRoc(labels, scores)),
      averagePrecision: valueOf(averagePrecision(labels, scores)),
    };
  },
  regressionMetrics: ({ actual, predicted }) => ({
    mse: valueOf(meanSquaredError(actual, predicted)),
    rmse: valueOf(rootMeanSquaredError(actual, predicted)),
    mae: valueOf(meanAbsoluteError(actual, predicted)),
    r2: valueOf(coefficientOfDetermination(actual, predicted)),
    mape: valueOf(meanAbsolutePercentageError(actual, predicted)),
    bias: valueOf(meanBias(actual, predicted)),
  }),
  ranking: ({ relevance, scores }, { k }) => {
    const ndcg = ok(normalisedDiscountedCumulativeGain(relevance, scores, { k }));
    return {
      ndcg: ndcg.value,
      ndcgPerQuery: ndcg.perQuery,
      dcgPerQuery: ok(discountedCumulativeGain(relevance, scores, { k })).perQuery,
      // Over all items: the reference's reciprocal rank has no k.
      mrr: valueOf(meanReciprocalRank(relevance, scores)),
      precisionAtK: ok(precisionAtK(relevance, scores, { k })).perQuery,
      hitRateAtK: ok(hitRateAtK(relevance, scores, { k })).perQuery,
    };
  },
};
