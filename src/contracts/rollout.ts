import { defineSignal } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
import type { GateMetric, Performance } from './metrics';
import type { ClockKind, Duration, Instant } from './time';

/** What a strategy may have at most; a step is held again `holds` times, the last `findings` are kept. */
export const ROLLOUT_LIMITS = { steps: 20, guardrails: 20, probes: 10_000, holds: 3, findings: 20 } as const;

/** What a metric must be on its own, whatever the champion does: `{ metric: 'auroc', atLeast: 0.7 }`. */
export interface PerformanceRule {
  readonly metric: GateMetric;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** What a guardrail may be about. */
export const GUARDRAIL_METRICS = ['accuracy', 'logLoss', 'auroc', 'positiveRate'] as const satisfies readonly (
  GateMetric | 'positiveRate'
)[];

/**
 * How much worse than the champion a version may be while it is rolled out. `positiveRate` is the share of rows
 * predicted 1; it needs no labels, and a difference either way counts.
 */
export interface Guardrail {
  readonly metric: (typeof GUARDRAIL_METRICS)[number];
  /** In the metric's own units, 0 or more. */
  readonly tolerance: number;
}

/** One step of a canary. */
export interface CanaryStep {
  /** The new version's share, in (0, 1). */
  readonly allocation: number;
  readonly hold: Duration;
}

/** Serve it at once. */
export interface DirectStrategy {
  readonly kind: 'direct';
}

/** What every strategy that takes time declares. */
interface Staged {
  /** Rows of the newest traffic that the version must score before anything changes. */
  readonly probes: number;
}

/** Verify, switch at once, keep the old version ready for a time. */
export interface BlueGreenStrategy extends Staged {
  readonly kind: 'blue-green';
  /** How long the old version is kept warm after the switch. */
  readonly drain: Duration;
}

/** More and more traffic; every step is held and judged, and a guardrail that is crossed ends it. */
export interface CanaryStrategy extends Staged {
  readonly kind: 'canary';
  readonly steps: readonly CanaryStep[];
  readonly guardrails: readonly Guardrail[];
  /** Rows on each side before a step is judged; it is held again for as long, at most three times. */
  readonly minimumRows: number;
}

/** The version scores the rows that the champion served, off the response path; rows are paired. */
export interface ShadowStrategy extends Staged {
  readonly kind: 'shadow';
  readonly hold: Duration;
  readonly guardrails: readonly Guardrail[];
  readonly minimumRows: number;
}

/** How a version comes to serve. */
export type RolloutStrategy = DirectStrategy | BlueGreenStrategy | CanaryStrategy | ShadowStrategy;

/** Every way, by its name. */
export const STRATEGY_KINDS = [
  'direct',
  'blue-green',
  'canary',
  'shadow',
] as const satisfies readonly RolloutStrategy['kind'][];

/** A strategy that takes time. */
export type StagedStrategy = Exclude<RolloutStrategy, DirectStrategy>;

/** Where a rollout stands. */
export type RolloutPhase = 'verifying' | 'shadowing' | 'stepping' | 'draining';

/** A rollout under way; one at a time for a target. */
export interface Rollout {
  /** The key of the decision that began it. */
  readonly id: string;
  readonly version: number;
  /** The champion it began beside; null where nothing served. */
  readonly from: number | null;
  readonly strategy: StagedStrategy;
  readonly clock: ClockKind;
  readonly phase: RolloutPhase;
  /** The canary's step, 0 for the first. */
  readonly step: number;
  /** How often the step was held again for want of rows. */
  readonly held: number;
  /** When the phase or step began. */
  readonly since: Instant;
  /** When it is judged; null: at once. */
  readonly dueAt: Instant | null;
  readonly who: string;
  readonly reason: string;
  /** The workflow that is told of the end. */
  readonly reportTo?: string | undefined;
  /** What was found so far, in words with the numbers. */
  readonly findings: readonly string[];
}

/** How a rollout ended. `overridden`: another decision came. */
export interface RolloutEnd {
  readonly id: string;
  readonly version: number;
  readonly outcome: 'promoted' | 'aborted' | 'overridden';
  readonly at: Instant;
  readonly reasons: readonly string[];
}

/** Told to `reportTo` when a rollout ends. */
export const rolloutEndedSignal = defineSignal<[RolloutEnd]>('rolloutEnded');

/** Two versions on rows of a time. */
export interface RolloutSide {
  readonly version: number;
  /** Rows, labelled or not. */
  readonly rows: number;
  readonly positives: number;
  readonly performance: Performance;
}

/** Champion and new version while the one takes over from the other. */
export interface RolloutEvidence {
  readonly champion: RolloutSide;
  readonly challenger: RolloutSide;
  /** Whether the same rows were scored by both. */
  readonly paired: boolean;
  /** Chance of a difference at least as bad if there were none, one-sided, by guardrail; null where untestable. */
  readonly pValues: Readonly<Partial<Record<Guardrail['metric'], number | null>>>;
}

/** What a version makes of a probe set. */
export interface ProbeReport {
  /** Rows scored; 0 when there was no traffic to take them from. */
  readonly rows: number;
  /** Why the version must not serve; empty when it may. */
  readonly problems: readonly string[];
}

/** Activities behind a rollout. */
export interface RolloutActivities {
  /** Loads the version, verifies its digest and signature and lets it score the newest rows. */
  probeVersion(input: {
    readonly target: ModelTarget;
    readonly version: number;
    readonly probes: number;
    readonly until: Instant;
  }): Promise<ProbeReport>;
  /** Compares the versions on rows with `from` ≤ at < `to`. */
  compareVersions(input: {
    readonly target: ModelTarget;
    readonly champion: number;
    readonly challenger: number;
    readonly from: Instant;
    readonly to: Instant;
    readonly guardrails: readonly Guardrail[];
    /** Rows that the champion served are scored by the challenger too. */
    readonly shadow: boolean;
  }): Promise<RolloutEvidence>;
}
