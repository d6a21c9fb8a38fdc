import type { Command } from 'commander';
import type { DeploymentStatus, LedgerEntry } from '../contracts';
import { instant, parseWith } from '../schemas';
import { common, decides, onModel, print, startsWork, targetOf, within } from './context';
import type { DecisionOptions, OperatorContext, OperatorDefaults, OperatorOptions, TargetOptions } from './context';
import { describeStatus, explain, ledgerTable, servingTable } from './deployment-words';
import { ordinal, versioned } from './numbers';
import { byStrategy, strategyOf } from './strategy';
import type { StrategyOptions } from './strategy';
import { printFacts } from './table';

type DeployOptions = DecisionOptions & StrategyOptions & { readonly effectiveAt?: string };
type PromoteOptions = DeployOptions & { readonly from: string };
type RollBackOptions = DecisionOptions & {
  readonly toVersion?: number;
  readonly toToken?: number;
  readonly effectiveAt?: string;
};

/** Adds `deployment list|status|history|at|deploy|promote|roll-back|withdraw`. */
export function addDeploymentCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program
    .command('deployment')
    .description('what serves, and why: list, status, history, at, deploy, promote, roll-back, withdraw');
  common(group.command('list').description('what serves, of every model'), defaults).action(
    (options: OperatorOptions) =>
      within(options, async ({ stores }) => print(await stores.deployments.all(), options, servingTable)),
  );
  addQuestions(group, defaults);
  addDecisions(group, defaults);
}

function addQuestions(group: Command, defaults: OperatorDefaults): void {
  onModel(group.command('status <model>').description('what serves, and the rollout under way'), defaults).action(
    (model: string, options: TargetOptions) =>
      within(options, async (context) => {
        const target = targetOf(model, options);
        const status = await statusOf(context, target);
        const newest = await context.stores.deployments.newestEntry(target);
        print({ ...status, newest }, options, (value) => describeStatus(value, newest));
      }),
  );
  onModel(group.command('history <model>').description('every decision, oldest first'), defaults).action(
    (model: string, options: TargetOptions) =>
      within(options, async ({ client }) =>
        print(await client.deployments.history(targetOf(model, options)), options, ledgerTable),
      ),
  );
  onModel(
    group.command('at <model> <instant>').description('what served at a time of the model’s own clock, and why'),
    defaults,
  ).action((model: string, at: string, options: TargetOptions) =>
    within(options, async ({ client }) => {
      const target = targetOf(model, options);
      const time = parseWith(instant, at, 'instant');
      const entry = await client.deployments.at(target, time);
      const history = await client.deployments.history(target);
      print(entry, options, (found) =>
        found === null ? `At ${at} nothing served ${model} in ${target.environment}.\n` : explain(time, found, history),
      );
    }),
  );
}

function addDecisions(group: Command, defaults: OperatorDefaults): void {
  const decision = (usage: string, description: string): Command =>
    decides(startsWork(onModel(group.command(usage).description(description), defaults))).option(
      '--effective-at <instant>',
      'from which time of the model’s own clock on; now unless given',
    );
  byStrategy(versioned(decision('deploy <model>', 'serves a registered version'))).action(
    (model: string, version: number, options: DeployOptions) => {
      const how = { ...personOf(options), strategy: strategyOf(options) };
      return within(options, async ({ client }) =>
        print(await client.deployments.deploy(targetOf(model, options), version, how), options, decided),
      );
    },
  );
  byStrategy(decision('promote <model>', 'serves here what is the champion elsewhere'))
    .requiredOption('--from <environment>', 'where the version serves already')
    .action((model: string, options: PromoteOptions) => {
      const how = { ...personOf(options), strategy: strategyOf(options) };
      const between = { model, from: options.from, to: options.environment };
      return within(options, async ({ client }) =>
        print(await client.deployments.promote(between, how), options, decided),
      );
    });
  decision('roll-back <model>', 'goes back: to the champion before, to a version or to an entry of the ledger')
    .option('--to-version <n>', 'this version', ordinal)
    .option('--to-token <n>', 'what this entry of the ledger says', ordinal)
    .action((model: string, options: RollBackOptions) => {
      const { toVersion: version, toToken } = options;
      if (version !== undefined && toToken !== undefined) {
        throw new Error('both --to-version and --to-token are given: expected one of them, or neither');
      }
      const how = { ...personOf(options), version, toToken };
      return within(options, async ({ client }) =>
        print(await client.deployments.rollBack(targetOf(model, options), how), options, decided),
      );
    });
  versioned(decision('withdraw <model>', 'makes sure that a version does not serve')).action(
    (model: string, version: number, options: DecisionOptions) =>
      within(options, async ({ client }) =>
        print(
          await client.deployments.withdraw(targetOf(model, options), version, personOf(options)),
          options,
          (entry) => (entry === null ? `version ${version} does not serve: nothing to withdraw\n` : decided(entry)),
        ),
      ),
  );
}

/** A deployment whose workflow does not run is told from its document. */
async function statusOf(
  { client }: OperatorContext,
  target: { model: string; environment: string },
): Promise<DeploymentStatus> {
  const serving = await client.deployments.current(target);
  if (serving === null) throw new Error(`nothing is deployed of ${target.model} in ${target.environment}`);
  try {
    return await client.deployments.status(target);
  } catch (error) {
    if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
    return { serving, settledThrough: null, nextDueAt: null };
  }
}

function personOf(options: DecisionOptions & { readonly effectiveAt?: string }): {
  who: string;
  reason: string;
  effectiveAt?: string;
} {
  const { who, reason, effectiveAt } = options;
  return { who, reason, ...(effectiveAt === undefined ? {} : { effectiveAt }) };
}

/** A decision as it stands in the ledger. */
function decided(entry: LedgerEntry): string {
  return `${ledgerTable([entry])}\n${printFacts([['champion now', entry.champion]])}`;
}
