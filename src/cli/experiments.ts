import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { LoopwrightClient } from '../client';
import type { StopDesign } from '../contracts';
import { experimentReport } from '../reports';
import { common, decides, print, startsWork, within } from './context';
import type { DecisionOptions, OperatorContext, OperatorDefaults, OperatorOptions } from './context';
import { describeAnalysis, describeExperiment, experimentsTable, listed } from './experiments-words';
import type { ExperimentStanding, ListedExperiment } from './experiments-words';
import { printFacts } from './table';
import { listWorkflows } from './workflows';
import { fileReader } from './yaml';

type CreateOptions = OperatorOptions & { readonly start?: string };
type CommandOptions = Omit<DecisionOptions, 'environment'>;
type StopOptions = CommandOptions & { readonly decision?: StopDesign['decision'] };

/** So long a plan is waited for, in steps. */
const PLAN = { tries: 50, stepMs: 200 } as const;

/** Adds `experiment create|list|status|report|analyse|start|ramp|extend|drop|stop`. */
export function addExperimentCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program
    .command('experiment')
    .description('experiments: create, list, status, report, analyse, start, ramp, extend, drop, stop');
  addCreate(group, defaults);
  addQuestions(group, defaults);
  addAnalyse(group, defaults);
  addCourse(group, defaults);
}

function addCreate(group: Command, defaults: OperatorDefaults): void {
  const create = group.command('create <file>').description('declares an experiment by a design in YAML or JSON');
  startsWork(common(create, defaults))
    .option('--start <instant>', 'when it begins, or now; as the file says unless given')
    .action(async (file: string, options: CreateOptions) => {
      const { readDesign } = fileReader('./experiments-file');
      const design = await readDesign(file, options.start);
      await within(options, async ({ client }) => {
        await client.experiments.create(design);
        print(await planned(client, design.id), options, describeExperiment);
      });
    });
}

function addQuestions(group: Command, defaults: OperatorDefaults): void {
  common(group.command('list').description('every experiment, and how it ended'), defaults).action(
    (options: OperatorOptions) =>
      within(options, async (context) => print(await listOf(context), options, experimentsTable)),
  );
  common(group.command('status <id>').description('where an experiment stands, and why'), defaults).action(
    (id: string, options: OperatorOptions) =>
      within(options, async ({ client }) => {
        const standing = await standingOf(client, id);
        if (standing !== null) print(standing, options, describeExperiment);
        else print(await client.challenges.status(id), options, (value) => `${JSON.stringify(value, null, 2)}\n`);
      }),
  );
  common(group.command('report <id>').description('writes its whole story as a page'), defaults)
    .option('--out <file>', 'where; experiment-ID.html unless given')
    .action((id: string, options: OperatorOptions & { readonly out?: string }) =>
      within(options, async ({ client }) => {
        const record = await client.experiments.record(id);
        if (record === null) throw new Error(`there is no experiment ${JSON.stringify(id)} by a design`);
        const file = options.out ?? `experiment-${record.design.id}.html`;
        await writeFile(file, await experimentReport({ record, analyses: await client.experiments.analyses(id) }));
        print({ report: file }, options, ({ report }) => printFacts([['report', report]]));
      }),
    );
}

function addAnalyse(group: Command, defaults: OperatorDefaults): void {
  const analyse = group.command('analyse <id>').description('results now: a peek, spends no α and decides nothing');
  decides(common(analyse, defaults)).action((id: string, options: CommandOptions) =>
    within(options, async ({ client }) =>
      print(await client.experiments.analyse(id, personOf(options)), options, describeAnalysis),
    ),
  );
}

function addCourse(group: Command, defaults: OperatorDefaults): void {
  const command = (usage: string, description: string): Command =>
    decides(common(group.command(usage).description(description), defaults));
  const then = (id: string, options: CommandOptions, work: (client: LoopwrightClient) => Promise<unknown>) =>
    within(options, async ({ client }) => {
      await work(client);
      print(await standingOf(client, id), options, (standing) => describeExperiment(standing!));
    });
  command('start <id>', 'begins exposure')
    .option('--at <instant>', 'when; now unless given')
    .action((id: string, options: CommandOptions & { readonly at?: string }) =>
      then(id, options, ({ experiments }) => experiments.start(id, { ...personOf(options), at: options.at })),
    );
  command('ramp <id>', 'lets more units in; nobody changes variant')
    .option('--coverage <share>', 'so many; the next step of the ramp unless given', fraction)
    .action((id: string, options: CommandOptions & { readonly coverage?: number }) =>
      then(id, options, ({ experiments }) =>
        experiments.ramp(id, { ...personOf(options), coverage: options.coverage }),
      ),
    );
  command('extend <id>', 'a longer exposure, before the last planned look only')
    .requiredOption('--duration <duration>', 'of the whole exposure, such as 6w')
    .action((id: string, options: CommandOptions & { readonly duration: string }) =>
      then(id, options, ({ experiments }) =>
        experiments.extend(id, { ...personOf(options), duration: options.duration }),
      ),
    );
  command('drop <id> <variant>', 'a variant takes no new units; who is in it stays').action(
    (id: string, variant: string, options: CommandOptions) =>
      then(id, options, ({ experiments }) => experiments.dropVariant(id, { ...personOf(options), variant })),
  );
  command('stop <id>', 'ends it; nothing ships')
    .addOption(new Option('--decision <decision>', 'stop unless given').choices(['stop', 'inconclusive']))
    .action((id: string, options: StopOptions) =>
      then(id, options, ({ experiments }) =>
        experiments.stop(id, { ...personOf(options), decision: options.decision }),
      ),
    );
}

/** Designs by their records; what has none is a challenge. */
async function listOf(context: OperatorContext): Promise<ListedExperiment[]> {
  const designs = (await context.client.experiments.list()).map(listed);
  const known = new Set(designs.map(({ id }) => id));
  const workflows = await listWorkflows(context, 'loopwright.runExperiment');
  const challenges = workflows
    .map(({ workflowId, state, run, started }) => ({ id: workflowId.replace(/^experiment:/, ''), state, run, started }))
    .filter(({ id }) => !known.has(id))
    .map(({ id, state, run, started }): ListedExperiment => {
      const open = { end: null, coverage: null, units: null, decision: null };
      return { id, kind: 'challenge', phase: state === '' ? run.toLowerCase() : state, start: started, ...open };
    });
  return [...designs, ...challenges];
}

/** The record, and from the workflow, while it is known, when it acts next; null for what is no design. */
async function standingOf(client: LoopwrightClient, id: string): Promise<ExperimentStanding | null> {
  const record = await client.experiments.record(id);
  if (record?.result !== null) return record;
  try {
    const { settledThrough, nextDueAt } = await client.experiments.status(id);
    return { ...record, settledThrough, nextDueAt };
  } catch (error) {
    if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
    return record;
  }
}

/** The record as soon as there is a plan in it. */
async function planned(client: LoopwrightClient, id: string): Promise<ExperimentStanding> {
  for (let attempt = 1; attempt <= PLAN.tries; attempt += 1) {
    const record = await client.experiments.record(id);
    if (record !== null && record.events.length > 0) return record;
    await new Promise((resolve) => setTimeout(resolve, PLAN.stepMs));
  }
  throw new Error(`${id} has started, but its plan is not there yet: loopwright experiment status ${id}`);
}

function personOf({ who, reason }: CommandOptions): { who: string; reason: string } {
  return { who, reason };
}

function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('expected a share above 0, at most 1');
  }
  return value;
}
