import type { AlertActivities } from './alert';
import type { DecisionActivities } from './decisions';
import type { DeploymentActivities } from './deployment';
import type { ExperimentActivities } from './experiment';
import type { DesignActivities } from './experiment-run';
import type { ImpactActivities } from './impact';
import type { IngestionActivities } from './ingestion';
import type { MonitoringActivities } from './monitoring';
import type { PipelineActivities } from './pipeline-run';
import type { RetrainingActivities } from './retraining';
import type { RolloutActivities } from './rollout';
import type { SpecActivities } from './specs';

/** Every activity, by its name without the `loopwright.` prefix. */
export type LoopwrightActivities = MonitoringActivities &
  AlertActivities &
  IngestionActivities &
  RetrainingActivities &
  DeploymentActivities &
  RolloutActivities &
  ExperimentActivities &
  DesignActivities &
  ImpactActivities &
  PipelineActivities &
  DecisionActivities &
  SpecActivities;
