import type { LedgerEntry } from './deployment';
import type { ExperimentDecision, ExperimentPolicy, Look } from './experiment';
import type { Alert } from './alert';
import type { GateMetric } from './metrics';
import type { DriftPolicy } from './monitor-spec';
import type { Evaluation } from './evaluation';
import type { RetrainingDecision, TrainingPipeline } from './retraining';
import type { Duration, Interval } from './time';

/** What a replay needs beside the stream (`schemas/scenario-v1.json`). */
export interface Scenario {
  readonly name: string;
  readonly train: Interval;
  readonly baseline: Interval;
  readonly monitor: {
    readonly metric: GateMetric;
    readonly window: Duration;
    readonly baselineDrop?: number | undefined;
    readonly baselineRatio?: number | undefined;
    readonly consecutive: number;
    readonly minSamples: number;
    readonly labelMaturity: Duration;
    readonly rebase?: boolean | undefined;
    /** `training`: drift is judged against the rows the serving version was trained on; the baseline unless said. */
    readonly reference?: 'training' | undefined;
    readonly drift?: DriftPolicy | undefined;
  };
  readonly retrain: {
    readonly lookback: Duration;
    readonly holdout?: Duration | undefined;
    readonly cooldown?: Duration | undefined;
    /** What trains the challengers; without it the trainer that ships. */
    readonly pipeline?: TrainingPipeline | undefined;
  };
  readonly experiment: Omit<ExperimentPolicy, 'unit'> & { readonly unit?: ExperimentPolicy['unit'] | undefined };
  /** Rows from here on are left out. */
  readonly end?: string | undefined;
}

/** Accuracy and log loss over rows. */
export interface Score {
  readonly accuracy: number | null;
  readonly logLoss: number | null;
}

/** What a replay came to (`schemas/summary-v1.json`). Times are event times, numbers have 6 decimals. */
export interface Summary {
  readonly scenario: string;
  readonly baseline: number | null;
  /** The first alert, `YYYY-MM-DD`. */
  readonly firedAt: string | null;
  readonly retrainings: readonly {
    readonly at: string;
    readonly rows: number;
    readonly decision: RetrainingDecision;
    readonly reasons: readonly string[];
    readonly champion: Score;
    readonly challenger: Score;
  }[];
  readonly experiments: readonly {
    readonly from: string;
    readonly to: string;
    readonly arms: readonly {
      readonly name: 'champion' | 'challenger';
      readonly n: number;
      readonly successes: number;
      readonly accuracy: number | null;
    }[];
    /** Two-sided pooled z at the last look, unadjusted. */
    readonly pValue: number | null;
    readonly decision: ExperimentDecision;
    readonly reasons: readonly string[];
    readonly looks: readonly {
      readonly at: string;
      readonly n: number;
      readonly z: number | null;
      readonly bound: number | null;
      readonly decision: ExperimentDecision | 'continue';
    }[];
  }[];
  readonly overall: {
    /** Version 1 on the same rows. */
    readonly frozen: { readonly n: number } & Score;
    /** As really served, from the end of the baseline on. */
    readonly loop: { readonly n: number } & Score;
  };
  /** Rows from `baseline.from` on. */
  readonly predictions: number;
  readonly outcomes: number;
  /** Rows of the stream that the stores do not have. */
  readonly lost: number;
  /** Rows the stores have twice. */
  readonly duplicated: number;
  /** Rows of the stream that were set aside, by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
  readonly historyEvents: number;
  readonly seconds: number;
}

/** One week of a replay, for the report's plots. */
export interface ReplayWindow {
  readonly from: string;
  readonly n: number;
  readonly frozen: Score;
  readonly loop: Score;
  readonly champion: number;
  readonly drift: Evaluation['drift'];
}

/** Everything the replay's report shows. */
export interface ReplayReport {
  readonly scenario: Scenario;
  readonly summary: Summary;
  /** Absolute value of the monitored metric at which a window counts as below; null without a baseline. */
  readonly level: number | null;
  readonly windows: readonly ReplayWindow[];
  readonly alerts: readonly Alert[];
  readonly experiments: readonly {
    readonly id: string;
    readonly champion: number;
    readonly challenger: number;
    readonly decision: ExperimentDecision;
    readonly looks: readonly Look[];
  }[];
  readonly ledger: readonly LedgerEntry[];
}
