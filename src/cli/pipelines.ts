import type { Command } from 'commander';
import type { Instant } from '../contracts';
import { dayIn } from '../domain/calendar';
import { nextFires, parseCron } from '../domain/cron';
import { foresee } from '../domain/pipeline-plan';
import { instant, parseWith } from '../schemas';
import { print } from './context';
import type { OperatorOptions } from './context';
import type { ReadPipeline } from './pipelines-file';
import { parameter, parametersOf } from './pipelines-parameters';
import { describePlan, describeValid } from './pipelines-words';
import type { PipelinePlan } from './pipelines-words';
import { fileReader } from './yaml';

type PipelineOptions = Pick<OperatorOptions, 'json'>;
type PlanOptions = PipelineOptions & { readonly at?: string; readonly param?: ReadonlyMap<string, string> };

/** So many times of a schedule are told. */
const FIRES = 5;

/** Adds `pipeline validate|plan`: they read a file and ask nobody. */
export function addPipelineCommands(program: Command): void {
  const group = program.command('pipeline').description('pipelines: validate, plan');
  group
    .command('validate <file>')
    .description('checks a pipeline in YAML or JSON (schemas/ml-v1.json): its fields, references, templates and order')
    .option('--json', 'print JSON')
    .action(async (file: string, options: PipelineOptions) => {
      print(await read(file), options, describeValid);
    });
  group
    .command('plan <file>')
    .description('what would run and in which order, what is certain to be skipped, when, and with which resources')
    .option('--param <name=value>', 'a parameter in the place of its default; as often as needed', parameter)
    .option('--at <instant>', 'the time of the run; now unless given')
    .option('--json', 'print JSON')
    .action(async (file: string, options: PlanOptions) => {
      const at = options.at === undefined ? new Date().toISOString() : parseWith(instant, options.at, '--at');
      print(planOf(await read(file), at, options.param ?? new Map()), options, describePlan);
    });
}

function read(file: string): Promise<ReadPipeline> {
  return fileReader('./pipelines-file').readPipeline(file);
}

function planOf({ pipeline, digest }: ReadPipeline, at: Instant, given: ReadonlyMap<string, string>): PipelinePlan {
  const { name, schedule, timezone, parallelism } = pipeline;
  const parameters = parametersOf(pipeline, given);
  const day = dayIn(at, timezone);
  const fires = schedule === null ? [] : nextFires(parseCron(schedule), timezone, at, FIRES);
  const run = foresee(pipeline, { day, params: parameters });
  return { name, digest, schedule, timezone, parallelism, parameters, day, fires, ...run };
}
