import type { Command } from 'commander';
import type { PipelinePlan } from '../client';
import { planOf } from '../client/pipeline-plan';
import { pipelineOf, runName } from '../client/pipeline-spec';
import type { PipelineValue } from '../contracts';
import { diffPipelines } from '../domain/pipeline-diff';
import { parseWith } from '../schemas';
import type { PipelineSpecInput } from '../schemas';
import { planPipelineSchema } from '../schemas/pipeline-command';
import type { Stores } from '../stores';
import { common, print, startsWork, within } from './context';
import type { OperatorDefaults, OperatorOptions } from './context';
import type * as PipelinesFile from './pipelines-file';
import { filesOf } from './pipelines-given';
import { parameter, parametersOf } from './pipelines-parameters';
import { addPipelineRunCommands } from './pipelines-runs';
import { addPipelineScheduleCommands } from './pipelines-schedules';
import { startAndTell, waits } from './pipelines-wait';
import type { WaitOptions } from './pipelines-wait';
import { describeApplied, describeDiff, describePlan, describeValid, pipelinesTable } from './pipelines-words';
import { fileReader } from './yaml';

type Given = ReadonlyMap<string, string>;
type PlanOptions = OperatorOptions & { readonly at?: string; readonly param?: Given; readonly offline?: boolean };
type ApplyOptions = OperatorOptions & { readonly who?: string };
type RunOptions = WaitOptions &
  Pick<PlanOptions, 'at' | 'param'> & { readonly run?: string; readonly who?: string; readonly file?: Given };

/** Adds `pipeline validate|plan|apply|run|diff|list|schedule|backfill|history|show|retry|approve|…`. */
export function addPipelineCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program
    .command('pipeline')
    .description('pipelines: validate, plan, apply, run, diff, schedule, backfill, history, show, retry and more');
  group
    .command('validate <file>')
    .description('checks a pipeline in YAML or JSON (schemas/ml-v1.json): its fields, references, templates and order')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Pick<OperatorOptions, 'json'>) => {
      const { pipeline, digest } = await read(file);
      print({ pipeline, digest }, options, describeValid);
    });
  addPlan(group, defaults);
  addApply(group, defaults);
  addRun(group, defaults);
  addPipelineScheduleCommands(group, defaults);
  addPipelineRunCommands(group, defaults);
}

function addPlan(group: Command, defaults: OperatorDefaults): void {
  const plan = group
    .command('plan <pipeline>')
    .description('what would run, in which order and by what, what is cached, what is certain to be skipped, and when');
  startsWork(common(asksFor(plan), defaults))
    .option('--offline', 'reads a file only and asks no worker')
    .action(async (pipeline: string, options: PlanOptions) => {
      print(
        await (options.offline === true ? offline(pipeline, options) : asked(pipeline, options)),
        options,
        describePlan,
      );
    });
}

function addApply(group: Command, defaults: OperatorDefaults): void {
  const apply = group
    .command('apply <file>')
    .description('makes a file the pipeline that its name stands for, and its schedule what the file says');
  startsWork(common(apply, defaults))
    .option('--who <name>', 'who applies it')
    .action(async (file: string, options: ApplyOptions) => {
      const { input } = await read(file);
      await within(options, async ({ client }) =>
        print(await client.pipelines.apply(input, { who: options.who }), options, describeApplied),
      );
    });
  common(group.command('diff <file>').description('what differs between a file and what is applied'), defaults).action(
    async (file: string, options: OperatorOptions) => {
      const { spec } = await read(file);
      await within(options, async ({ client }) => {
        const { spec: applied } = await client.pipelines.find(spec.metadata.name);
        print(diffPipelines(applied, spec), options, describeDiff);
      });
    },
  );
  common(group.command('list').description('every pipeline that is applied'), defaults).action(
    (options: OperatorOptions) =>
      within(options, async ({ client }) => print(await client.pipelines.list(), options, pipelinesTable)),
  );
}

function addRun(group: Command, defaults: OperatorDefaults): void {
  const run = group.command('run <pipeline>').description('starts a run of what is applied under a name, or of a file');
  startsWork(common(waits(asksFor(run)), defaults))
    .option('--run <id>', 'what the run is called; its time unless given')
    .option('--who <name>', 'who starts it')
    .option('--file <path=local>', 'a file or folder here, at the path of an input; as often as needed', parameter)
    .action(async (pipeline: string, options: RunOptions) => {
      const { at, who, param = new Map(), file = new Map() } = options;
      const source = await sourceOf(pipeline);
      await within(options, ({ client, stores }) =>
        startAndTell(client, options, async () => {
          const params = await typed(stores, source, param);
          if (file.size === 0) return client.pipelines.run(source, { params, at, run: options.run, who });
          // Who claims the files is known before the run is.
          const run = options.run ?? runName(at ?? new Date().toISOString());
          const files = await filesOf(stores, (await pipelineOf(stores, source)).pipeline, run, file);
          return client.pipelines.run(source, { params, at, run, who, files });
        }),
      );
    });
}

function asksFor(command: Command): Command {
  return command
    .option('--param <name=value>', 'a parameter in the place of its default; as often as needed', parameter)
    .option('--at <instant>', 'the time of the run; now unless given');
}

async function offline(file: string, options: PlanOptions): Promise<PipelinePlan> {
  const { at = new Date().toISOString() } = parseWith(planPipelineSchema, { at: options.at }, 'plan');
  if (!isFile(file))
    throw new Error(`--offline reads a file, and ${file} is a name: expected one such as ./${file}.yaml`);
  const pipeline = await read(file);
  return planOf(pipeline, at, parametersOf(pipeline.pipeline, options.param ?? new Map()));
}

async function asked(pipeline: string, options: PlanOptions): Promise<PipelinePlan> {
  const { at, param = new Map() } = options;
  const source = await sourceOf(pipeline);
  let plan: PipelinePlan;
  await within(options, async ({ client, stores }) => {
    plan = await client.pipelines.plan(source, { params: await typed(stores, source, param), at });
  });
  return plan!;
}

/** A file where it has a dot or a slash, which no name of a pipeline has. */
function isFile(pipeline: string): boolean {
  return /[./\\]/.test(pipeline);
}

async function sourceOf(pipeline: string): Promise<string | PipelineSpecInput> {
  return isFile(pipeline) ? (await read(pipeline)).input : pipeline;
}

/** Parameters of a command line as values: the defaults say of which type. */
async function typed(
  stores: Stores,
  source: string | PipelineSpecInput,
  given: Given,
): Promise<Record<string, PipelineValue> | undefined> {
  if (given.size === 0) return undefined;
  const values = parametersOf((await pipelineOf(stores, source)).pipeline, given);
  return Object.fromEntries([...given.keys()].map((name) => [name, values[name]!]));
}

function read(file: string): ReturnType<typeof PipelinesFile.readPipeline> {
  return fileReader('./pipelines-file').readPipeline(file);
}
