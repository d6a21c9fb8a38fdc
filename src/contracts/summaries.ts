import type { TaskKind } from './metrics';
import type { Instant } from './time';

/** What summaries are made for. Other settings are other summaries: they are made anew from the rows that are there. */
export interface SummarySettings {
  readonly task: TaskKind;
  /** Features whose values divide the traffic. */
  readonly keys: readonly string[];
  /** k of the ranking metrics. */
  readonly rankingDepth: number;
}

/** Sums of a quantity over rows, exact until they were rounded once. */
export interface MomentSums {
  readonly n: number;
  /** Infinite where a quantity left the range of a double. */
  readonly sum: number;
  /** Σ (x − mean)²; null where a square left it. */
  readonly squares: number | null;
}

/** Rows of one part of [0, 1] for the calibration error. */
export interface CalibrationSums {
  readonly n: number;
  readonly positives: number;
  /** Σ score. */
  readonly scores: number;
}

/** Served rows with a score, by bin: bin k of `count` holds [k ⁄ count, (k + 1) ⁄ count), the last one is closed. */
export interface ScoreHistogram {
  readonly count: number;
  /** By label: 0, 1, and not known. */
  readonly rows: readonly [ClassCounts, ClassCounts, ClassCounts];
}

/** Rows per bin by the class they were served with: 0, 1, none. */
export type ClassCounts = readonly [Float64Array, Float64Array, Float64Array];

/** What metrics of a classifier are computed from. */
export interface BinarySums {
  readonly task: 'binary';
  readonly confusion: { readonly tn: number; readonly fp: number; readonly fn: number; readonly tp: number };
  /** Log loss in nats. */
  readonly loss: MomentSums;
  /** The same in nano-nats, rounded row by row, as the first release summed it. */
  readonly nanoNats: number;
  readonly brier: MomentSums;
  /** Ten parts of equal width; empty ones are left out. */
  readonly calibration: readonly CalibrationSums[];
  readonly scores: ScoreHistogram;
}

/** What metrics of predicted numbers are computed from. */
export interface RegressionSums {
  readonly task: 'regression';
  readonly squared: MomentSums;
  readonly absolute: MomentSums;
  /** Of rows whose actual value is not 0. */
  readonly percentage: MomentSums;
  readonly actual: MomentSums;
  /**
   * Σ (e²⁄mean(e²) − d²⁄mean(d²))² with e the error and d the distance from the mean; null where a mean is 0 or a product
   * left the range of a double.
   */
  readonly influence: number | null;
}

/** What metrics of rankings are computed from. */
export interface RankingSums {
  readonly task: 'ranking';
  readonly depth: number;
  readonly ndcg: MomentSums;
  readonly reciprocalRank: MomentSums;
  readonly precision: MomentSums;
  /** Lists with a relevant item among the first `depth`. */
  readonly hits: number;
  /** Lists without a relevant item. */
  readonly barren: number;
}

/** The sums of a task. */
export type TaskSums = BinarySums | RegressionSums | RankingSums;

/** A part of the served traffic. */
export interface SliceSummary {
  /** `all`, `key=value`, or the key alone for what is left of a key with too many values. */
  readonly slice: string;
  readonly served: number;
  /** Rows whose outcome is known as the task needs it. */
  readonly labelled: number;
  readonly sums: TaskSums;
}

/** Numbers counted in cells: `low` = `high` for a single number, else the cell is open at both ends. Ascending. */
export interface NumberCells {
  readonly n: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly counts: Float64Array;
}

/** Texts by how many rows hold each. */
export interface TextCounts {
  readonly n: number;
  readonly counts: ReadonlyMap<string, number>;
  /** Rows with one of the texts that were too many to be kept apart. */
  readonly other: number;
  /** Under which text rows with this one are counted; null where they are among `other`. */
  readonly placeOf: (text: string) => string | null;
}

/** A feature's values; it may hold numbers in some rows and texts in others. */
export interface SubjectSummary {
  readonly feature: string;
  readonly numbers: NumberCells | null;
  readonly texts: TextCounts | null;
}

/** What drift is judged by. */
export interface DriftSummary {
  /** Served rows. */
  readonly rows: number;
  readonly features: readonly SubjectSummary[];
  /** Predicted classes or numbers; null where there are none. */
  readonly prediction: NumberCells | null;
  readonly score: NumberCells | null;
}

/** Which rows a summary is of. */
export interface SummaryQuery {
  readonly from: Instant;
  readonly to: Instant;
  /** Labels known later than this count as unknown. */
  readonly asOf: Instant;
  /** Only rows of this version. */
  readonly version?: number | undefined;
  /** Whether the declared segment keys' values are wanted. */
  readonly slices?: boolean | undefined;
  /** Whether drift is to be judged, and by which part of the day or week a row belongs to. */
  readonly seasonOf?: ((at: number) => string) | undefined;
}

/** The served rows of a window, summed up. */
export interface WindowSummary {
  readonly from: Instant;
  readonly to: Instant;
  readonly asOf: Instant;
  readonly all: SliceSummary;
  /** By name; empty unless asked for. */
  readonly slices: readonly SliceSummary[];
  /** What is left of keys with too many values, by key. */
  readonly rests: readonly SliceSummary[];
  /** By season; empty unless asked for. */
  readonly seasons: ReadonlyMap<string, DriftSummary>;
}
