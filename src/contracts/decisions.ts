import type { TrafficSplit } from './deployment';
import type { ModelTarget } from './ids';
import type { RetrainSpec } from './retraining';
import type { RolloutStrategy } from './rollout';
import type { ClockKind, Instant } from './time';

/** Decisions asked of a deployment workflow by another workflow, through an activity. */
export interface DecisionActivities {
  /**
   * Update-with-start on the deployment, with the key as update id. It only accepts; it never waits for work. Returns
   * the token of the entry, or null where a withdrawal found nothing to do.
   */
  decideDeployment(input: DeploymentRequest): Promise<number | null>;
  /** Signal-with-start of the retraining. */
  requestRetraining(input: { readonly spec: RetrainSpec; readonly searchable: boolean }): Promise<void>;
}

/** A decision for the deployment of a target. */
export interface DeploymentRequest {
  readonly target: ModelTarget;
  readonly key: string;
  readonly reason: string;
  readonly who: string;
  readonly effectiveAt: Instant;
  /** Whether our search attributes are registered. */
  readonly searchable: boolean;
  readonly action:
    | { readonly kind: 'split'; readonly challenger: number; readonly split: TrafficSplit }
    | { readonly kind: 'unsplit' }
    | { readonly kind: 'promote'; readonly version: number }
    | { readonly kind: 'roll-back' }
    | {
        readonly kind: 'deploy';
        readonly version: number;
        readonly strategy: RolloutStrategy;
        readonly clock: ClockKind;
        readonly reportTo?: string | undefined;
      }
    | { readonly kind: 'withdraw'; readonly version: number };
  readonly evidence?: readonly string[] | undefined;
}
