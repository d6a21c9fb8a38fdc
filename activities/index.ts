/** Entry `./activities`: for custom worker wiring and for tests. */
import type { AlertSinks } from '../src/adapters/alert';
import { createImages } from '../src/adapters/executor';
import { createRemoteScorer } from '../src/adapters/remote-scorer';
import { DEFAULT_TRAINER, TYPE_PREFIX } from '../src/contracts';
import type { LoopwrightActivities, PipelineSettings, QualityGate, Stages } from '../src/contracts';
import { logisticRegressionStage } from '../src/models';
import { parseHosts } from '../src/schemas';
import type { AllowedHost } from '../src/schemas';
import type { Stores } from '../src/stores';
import { createAlertActivities } from './alert';
import { guarded } from './context';
import { createDecisionActivities } from './decisions';
import { createDeploymentActivities } from './deployment';
import { createExperimentActivities } from './experiment';
import { createDesignActivities } from './experiment-design';
import { createImpactActivities } from './impact';
import { createIngestionActivities } from './ingestion';
import { createMonitoringActivities } from './monitoring';
import { createPipelineActivities } from './pipeline';
import { SHIPPED_EXECUTORS } from './pipeline-functions';
import { createRetrainingActivities } from './retraining';
import { createRolloutActivities } from './rollout';
import { Scoring } from './scoring';
import { createSpecActivities } from './specs';

/** What the activities work with. */
export interface ActivityDeps {
  readonly stores: Stores;
  /** The user's own trainers, by name. */
  readonly stages?: Stages | undefined;
  /** Where alerts may be sent, by name. */
  readonly sinks?: AlertSinks | undefined;
  /** Environments that may be deployed to. Default: any. */
  readonly environments?: readonly string[] | undefined;
  /** Asked about the rows of every retraining before it trains. */
  readonly qualityGate?: QualityGate | undefined;
  /** Hosts that models of the format `loopwright/remote-scorer@1` may name. */
  readonly remoteScorers?: readonly AllowedHost[] | undefined;
  /** What carries out the stages of pipelines. Default: what ships. */
  readonly pipelines?: PipelineSettings | undefined;
}

/** Every activity, by its plain name. */
export function createActivities(deps: ActivityDeps): LoopwrightActivities {
  const { stores, stages = {}, sinks = {}, environments, qualityGate } = deps;
  const remote = createRemoteScorer(parseHosts(deps.remoteScorers, 'remoteScorers'));
  const all: Stages = { [DEFAULT_TRAINER]: logisticRegressionStage, ...stages };
  const scoring = new Scoring(stores.artifacts, all, { remote });
  return {
    ...createMonitoringActivities(stores),
    ...createIngestionActivities(stores),
    ...createAlertActivities(stores, sinks),
    ...createRetrainingActivities(stores, scoring, qualityGate),
    ...createDeploymentActivities(stores, environments),
    ...createRolloutActivities(stores, scoring),
    ...createExperimentActivities(stores),
    ...createDesignActivities(stores),
    ...createImpactActivities(stores),
    ...createPipelineActivities({ stores, images: createImages(withShipped(deps.pipelines)) }),
    ...createDecisionActivities(),
    ...createSpecActivities({ stages: Object.keys(all), sinks: Object.keys(sinks) }),
  };
}

/** What ships lies below what the user maps. */
function withShipped(settings: PipelineSettings | undefined): PipelineSettings {
  return { ...settings, executors: { ...SHIPPED_EXECUTORS, ...settings?.executors } };
}

/** Activities as they are registered: prefixed, showing life, failing for good where no retry can mend it. */
export function registered(
  activities: LoopwrightActivities,
  failpoint?: (name: ActivityFailpoint) => void,
): Record<string, (input: never) => Promise<unknown>> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => {
      const whole = guarded(activity as (input: unknown) => Promise<unknown>);
      return [`${TYPE_PREFIX}${name}`, failpoint === undefined ? whole : between(name, whole, failpoint)];
    }),
  );
}

/** Where a crash test may end the process: before an activity has done anything, or when all is done and not yet said. */
export type ActivityFailpoint = `before-effect/${string}` | `after-effect/${string}`;

function between(
  name: string,
  activity: (input: unknown) => Promise<unknown>,
  failpoint: (name: ActivityFailpoint) => void,
): (input: unknown) => Promise<unknown> {
  return async (input) => {
    failpoint(`before-effect/${name}`);
    const result = await activity(input);
    failpoint(`after-effect/${name}`);
    return result;
  };
}
