/** Entry `./activities`: for custom worker wiring and for tests. */
import type { AlertSinks } from '../src/adapters/alert';
import { DEFAULT_TRAINER, TYPE_PREFIX } from '../src/contracts';
import type { LoopwrightActivities, Stages } from '../src/contracts';
import { logisticRegressionStage } from '../src/models';
import type { Stores } from '../src/stores';
import { createAlertActivities } from './alert';
import { guarded } from './context';
import { createDecisionActivities } from './decisions';
import { createDeploymentActivities } from './deployment';
import { createExperimentActivities } from './experiment';
import { createIngestionActivities } from './ingestion';
import { createMonitoringActivities } from './monitoring';
import { createRetrainingActivities } from './retraining';
import { createSpecActivities } from './specs';

/** What the activities work with. */
export interface ActivityDeps {
  readonly stores: Stores;
  /** The user's own trainers, by name. */
  readonly stages?: Stages | undefined;
  /** Where alerts may be sent, by name. */
  readonly sinks?: AlertSinks | undefined;
}

/** Every activity, by its plain name. */
export function createActivities({ stores, stages = {}, sinks = {} }: ActivityDeps): LoopwrightActivities {
  const all: Stages = { [DEFAULT_TRAINER]: logisticRegressionStage, ...stages };
  return {
    ...createMonitoringActivities(stores),
    ...createIngestionActivities(stores),
    ...createAlertActivities(stores, sinks),
    ...createRetrainingActivities(stores, all),
    ...createDeploymentActivities(stores),
    ...createExperimentActivities(stores),
    ...createDecisionActivities(),
    ...createSpecActivities({ stages: Object.keys(all), sinks: Object.keys(sinks) }),
  };
}

/** Activities as they are registered: prefixed, showing life, failing for good where no retry can mend it. */
export function registered(activities: LoopwrightActivities): Record<string, (input: never) => Promise<unknown>> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      `${TYPE_PREFIX}${name}`,
      guarded(activity as (input: unknown) => Promise<unknown>),
    ]),
  );
}
