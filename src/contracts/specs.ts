import type { ExperimentSpec } from './experiment';
import type { ExperimentDesign } from './experiment-design';
import type { ModelTarget } from './ids';
import type { ImpactSpec } from './impact';
import type { MonitorSpec } from './monitor-spec';
import type { RetrainSpec } from './retraining';

/** Specs by the kind of workflow they start. */
export interface SpecKinds {
  readonly monitor: MonitorSpec;
  readonly retraining: RetrainSpec;
  readonly experiment: ExperimentSpec;
  readonly design: ExperimentDesign;
  readonly deployment: ModelTarget;
  readonly impact: ImpactSpec;
}

/** Validation at the door of a workflow: a start may not have come through our client. */
export interface SpecActivities {
  /** Returns the spec with its defaults, or fails for good with path, value and what is accepted. */
  checkSpec(input: { readonly kind: keyof SpecKinds; readonly spec: unknown }): Promise<SpecKinds[keyof SpecKinds]>;
}
