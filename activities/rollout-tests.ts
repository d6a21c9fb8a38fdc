import type { Guardrail } from '../src/contracts';
import * as statistics from '../src/statistics';
import { labelledIndexes, lossesOf } from './performance';
import type { ScoredRows } from './performance';

type Metric = Guardrail['metric'];

/**
 * The chance of a difference at least as bad between rows of two versions if there were none: one-sided z, two-sided
 * for `positiveRate`, where a difference either way is bad. Null without rows, for `auroc` with fewer than two of a class.
 */
export function compareSides(metric: Metric, champion: ScoredRows, challenger: ScoredRows): number | null {
  if (metric === 'auroc') return statistics.areaDifference(scoresOf(champion), scoresOf(challenger))?.pLess ?? null;
  if (metric === 'logLoss') {
    const [control, treatment] = [lossesOf(champion), lossesOf(challenger)];
    return pOf(statistics.compareArms(control, treatment, { alternative: 'greater', law: 'normal' }));
  }
  const alternative = metric === 'accuracy' ? 'less' : 'two-sided';
  const [control, treatment] = [countOf(metric, champion), countOf(metric, challenger)];
  return pOf(statistics.twoProportionZTest(control, treatment, { alternative }));
}

/** The same on rows that both scored: z of the mean difference of a row, for `auroc` of how it is placed. */
export function comparePaired(metric: Metric, champion: ScoredRows, challenger: ScoredRows): number | null {
  if (metric === 'auroc') {
    const { labels, scores } = scoresOf(champion);
    return statistics.pairedAreaDifference(labels, scores, challenger.score)?.pLess ?? null;
  }
  const rows =
    metric === 'positiveRate' ? Array.from({ length: champion.n }, (_, row) => row) : labelledIndexes(champion);
  const worse = rows.map((row) => worseBy(metric, champion, challenger, row));
  const { n, mean, z } = statistics.pairedMeanTest(worse.filter((value) => value !== null));
  if (n < 2 || mean === null) return null;
  // Without spread every row differs alike: each of two equal versions would do so with a chance of a half.
  if (z === null) return mean === 0 ? 1 : mean > 0 || metric === 'positiveRate' ? 0.5 ** n : 1;
  return metric === 'positiveRate' ? statistics.twoSidedNormal(z).pValue : statistics.normalSurvival(z);
}

/** How much worse the challenger is on a row, in the metric's own units; null where one of them says nothing. */
function worseBy(metric: Metric, champion: ScoredRows, challenger: ScoredRows, row: number): number | null {
  const values = [champion, challenger].map(({ label, prediction, score }) => {
    if (metric === 'positiveRate') return prediction[row] === 1 ? 1 : 0;
    if (metric === 'accuracy') return prediction[row] === label[row] ? 0 : 1;
    const { n, sum } = statistics.logLossSums([label[row]!], [score[row]!]);
    return n === 0 ? null : sum;
  });
  const [was, is] = values as [number | null, number | null];
  return was === null || is === null ? null : is - was;
}

/** Labels with their scores; an outcome without a class is none. */
function scoresOf({ label, score }: ScoredRows): statistics.ScoredLabels {
  return { labels: Array.from(label, (value) => (value <= 1 ? value : null)), scores: score };
}

function countOf(metric: Metric, rows: ScoredRows): statistics.Proportion {
  if (metric === 'positiveRate') return { n: rows.n, successes: rows.prediction.filter((value) => value === 1).length };
  const known = labelledIndexes(rows);
  return { n: known.length, successes: known.filter((row) => rows.prediction[row] === rows.label[row]).length };
}

/** Versions without any variation do not differ: that is a finding, not a lack of one. */
function pOf(test: statistics.ProportionsResult | statistics.MeanResult): number | null {
  if (test.status === 'no-variation') return 1;
  return test.status === 'ok' ? test.pValue : null;
}
