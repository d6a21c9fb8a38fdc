import type {
  CalibrationSums,
  ClassCounts,
  DriftSummary,
  MomentSums,
  NumberCells,
  ScoreHistogram,
  SliceSummary,
  SubjectSummary,
  SummarySettings,
  TaskSums,
} from '../../contracts';
import { countedText, rankOf } from './bounded';
import { centredSquares, influence } from './centred';
import { mergePacked } from './cells';
import type { HourSums, SubjectSums } from './hour-sums';
import { CALIBRATION_BINS, endsOf, NUMBER_CELLS, partsOfScoreCell, SCORE_BINS, SCORE_CELLS } from './number-bins';
import type { SliceSums } from './slice-sums';
import { beyondOf } from './terms';

/** Exact sums as numbers that metrics are computed from, each rounded once. */
export function sliceSummary(slice: string, sums: SliceSums, settings: SummarySettings): SliceSummary {
  return { slice, served: sums.of('served'), labelled: sums.of('labelled'), sums: taskSums(sums, settings) };
}

function taskSums(sums: SliceSums, { task, rankingDepth }: SummarySettings): TaskSums {
  const moments = (name: string, n: number): MomentSums => momentsOf(sums, name, n);
  if (task === 'binary') {
    const [tn, fp, fn, tp] = ['tn', 'fp', 'fn', 'tp'].map((name) => sums.of(name)) as [number, number, number, number];
    const scored = sums.of('scored');
    let scores: ScoreHistogram | null = null;
    return {
      task,
      confusion: { tn, fp, fn, tp },
      loss: moments('loss', scored),
      nanoNats: sums.sum('nanoNats').value(),
      brier: moments('brier', scored),
      calibration: calibrationOf(sums),
      // Most metrics do without: it is worked out when it is asked for.
      get scores() {
        return (scores ??= scoresOf(sums));
      },
    };
  }
  if (task === 'regression') {
    const pairs = sums.of('pairs');
    return {
      task,
      squared: moments('squared', pairs),
      absolute: moments('absolute', pairs),
      percentage: moments('percentage', sums.of('percentages')),
      actual: moments('actual', pairs),
      influence: influence(sums, pairs),
    };
  }
  const lists = sums.of('lists');
  return {
    task,
    depth: rankingDepth,
    ndcg: moments('ndcg', lists),
    reciprocalRank: moments('reciprocalRank', lists),
    precision: moments('precision', lists),
    hits: sums.of('hits'),
    barren: sums.of('barren'),
  };
}

function momentsOf(sums: SliceSums, name: string, n: number): MomentSums {
  const sum = sums.sum(name);
  const square = `${name}^2`;
  const lacks = (each: string): boolean => sums.of(beyondOf(each)) > 0;
  return {
    n,
    sum: lacks(name) ? Number.POSITIVE_INFINITY : sum.value(),
    squares: lacks(name) || lacks(square) ? null : centredSquares(n, sum.units(), sums.sum(square).units()),
  };
}

function calibrationOf(sums: SliceSums): CalibrationSums[] {
  return Array.from({ length: CALIBRATION_BINS }, (_, part) => ({
    n: sums.of(`rows${part}`),
    positives: sums.of(`ones${part}`),
    scores: sums.sum(`scores${part}`).value(),
  })).filter(({ n }) => n > 0);
}

function scoresOf(sums: SliceSums): ScoreHistogram {
  const none = (): ClassCounts => [
    new Float64Array(SCORE_BINS),
    new Float64Array(SCORE_BINS),
    new Float64Array(SCORE_BINS),
  ];
  const rows = [none(), none(), none()] as const;
  const { cells, counts } = mergePacked(sums.scores, sums.packed, SCORE_CELLS);
  cells.forEach((cell, place) => {
    const { bin, prediction, label } = partsOfScoreCell(cell);
    rows[label][prediction][bin] = counts[place]!;
  });
  return { count: SCORE_BINS, rows };
}

/** What drift is judged by, of the rows of an hour or of many. */
export function driftSummary(sums: HourSums): DriftSummary {
  const features = [...sums.features].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    rows: sums.all.of('served'),
    features: features.map(([feature, subject]) => subjectSummary(feature, subject)),
    prediction: numberCells(sums.prediction),
    score: numberCells(sums.score),
  };
}

function subjectSummary(feature: string, subject: SubjectSums): SubjectSummary {
  const { texts, other } = subject;
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  const n = sorted.reduce((total, [, rows]) => total + rows, other);
  const placeOf = placesOf(texts, other);
  return {
    feature,
    numbers: numberCells(subject),
    texts: n === 0 ? null : { n, counts: new Map(sorted), other, placeOf },
  };
}

function placesOf(texts: ReadonlyMap<string, number>, other: number): (text: string) => string | null {
  const last = other === 0 ? null : [...texts.keys()].map(rankOf).reduce((a, b) => (a > b ? a : b), '');
  return (text) => {
    const counted = countedText(text);
    return last === null || rankOf(counted) <= last ? counted : null;
  };
}

function numberCells({ numbers, packed }: SubjectSums): NumberCells | null {
  const { cells, counts } = mergePacked(numbers, packed, NUMBER_CELLS);
  if (cells.length === 0) return null;
  const [low, high] = [new Float64Array(cells.length), new Float64Array(cells.length)];
  cells.forEach((cell, place) => ([low[place], high[place]] = endsOf(cell)));
  return { n: counts.reduce((total, rows) => total + rows, 0), low, high, counts };
}
