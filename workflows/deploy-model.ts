import { continueAsNew, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { DeployModelInput } from '../src/contracts';
import { checkSpec } from './lib/activities';
import { Deployment } from './lib/deployment';
import { checkDecision, checkDeploy, checkRollBack, checkTraffic } from './lib/deployment-checks';
import * as decisions from './lib/deployment-decisions';
import { readWatermark } from './lib/guards';
import { RunMeter, runLoop } from './lib/loop';
import { advanceRollout } from './lib/rollout';
import { versioned } from './lib/versioning';

setWorkflowOptions(versioned('AUTO_UPGRADE'), deployModel);

/**
 * The only writer of what serves a model in an environment. Every decision is an update with an idempotency key;
 * the history is the queue, the ledger the record, the fencing token the lock. A rollout goes on by itself between
 * decisions.
 */
export async function deployModel(input: DeployModelInput): Promise<void> {
  const given: unknown = (input as Partial<DeployModelInput> | undefined)?.target;
  const meter = new RunMeter();
  const known = input?.state ?? null;
  const deployment = new Deployment(known === null ? null : input.target, known);
  handleMessages(deployment, meter);
  if (deployment.state === null) {
    const target = await checkSpec('deployment', given);
    deployment.target = target;
    deployment.state = { serving: await decisions.resume(target), keys: [], watermark: null };
  }
  deployment.show();
  await runLoop(
    {
      pending: () => deployment.isDue(),
      done: () => false,
      act: () => advanceRollout(deployment),
      wait: (wake) => deployment.wait(wake),
    },
    meter,
  );
  await continueAsNew<typeof deployModel>({ target: deployment.target!, state: deployment.state });
}

function handleMessages(deployment: Deployment, meter: RunMeter): void {
  const counted =
    <C, R>(decide: (deployment: Deployment, command: C) => Promise<R>) =>
    async (command: C): Promise<R> => {
      meter.countUpdate();
      return decide(deployment, command);
    };
  setHandler(contracts.deployUpdate, counted(decisions.deploy), {
    description: 'Serve this version alone, at once or by a strategy.',
    validator: checkDeploy,
  });
  setHandler(contracts.setTrafficUpdate, counted(decisions.setTraffic), {
    description: 'Divide traffic between champion and challenger, or end the division.',
    validator: checkTraffic,
  });
  setHandler(contracts.promoteUpdate, counted(decisions.promote), {
    description: 'Make a version the champion.',
    validator: (command) => checkDecision(command, 'needed'),
  });
  setHandler(contracts.rollBackUpdate, counted(decisions.rollBack), {
    description: 'Go back to what served before, to a version or to what an entry of the ledger says.',
    validator: checkRollBack,
  });
  setHandler(contracts.withdrawUpdate, counted(decisions.withdraw), {
    description: 'Make sure that a version does not serve.',
    validator: (command) => checkDecision(command, 'needed'),
  });
  setHandler(
    contracts.deploymentWatermarkSignal,
    (fact) => {
      const watermark = readWatermark(fact);
      if (watermark !== null) deployment.advance(watermark.at);
    },
    { description: 'How far event time is: a rollout on the data clock is judged by it.' },
  );
  setHandler(contracts.deploymentStatusQuery, () => deployment.status(), {
    description: 'What serves: champion, challenger, traffic split, fencing token; the rollout under way and the last.',
  });
}
