import { Option } from 'commander';
import type { Command } from 'commander';
import type { LoopwrightClient } from '../client';
import { refuseUnknown } from '../client/pipeline-spec';
import type { PipelineStatus, ResolveCompensation } from '../contracts';
import { common, decides, print, startsWork, within } from './context';
import type { DecisionOptions, OperatorDefaults, OperatorOptions } from './context';
import { whole } from './numbers';
import { describeHistory, describeRun, describeStatus } from './pipelines-show';
import { startAndTell, waits } from './pipelines-wait';
import type { WaitOptions } from './pipelines-wait';

type PersonOptions = Omit<DecisionOptions, 'environment'>;
type ResolveOptions = PersonOptions & { readonly action: ResolveCompensation['action'] };
type LogOptions = OperatorOptions & { readonly unit?: number };

const RUN = 'the run: pipeline:NAME:RUN, or NAME:RUN';

/** Adds `history|show|retry|approve|reject|cancel|resolve|log` to `pipeline`. */
export function addPipelineRunCommands(group: Command, defaults: OperatorDefaults): void {
  addQuestions(group, defaults);
  const retry = group
    .command('retry')
    .description('runs again what did not succeed; what succeeded is taken as it is')
    .argument('<run>', RUN);
  startsWork(common(waits(retry), defaults))
    .option('--who <name>', 'who retries it')
    .action((run: string, options: WaitOptions & { readonly who?: string }) => {
      const id = idOf(run);
      const { who } = options;
      return within(options, ({ client }) => startAndTell(client, options, () => client.pipelines.retry(id, { who })));
    });
  addDecisions(group, defaults);
}

function addQuestions(group: Command, defaults: OperatorDefaults): void {
  const history = group.command('history <name>').description('what was applied under a name, and the runs of it');
  common(history, defaults).action((name: string, options: OperatorOptions) =>
    within(options, async ({ client, stores }) => {
      const found = await client.pipelines.history(name);
      if (found.versions.length + found.runs.length === 0) await refuseUnknown(stores.pipelines, name);
      print(found, options, describeHistory);
    }),
  );
  const show = group
    .command('show')
    .description('a run, the intended beside the actual, stage by stage')
    .argument('<run>', RUN);
  common(show, defaults).action((run: string, options: OperatorOptions) => {
    const id = idOf(run);
    return within(options, async ({ client }) => {
      const record = await client.pipelines.record(id);
      if (record === null)
        throw new Error(`there is no run ${JSON.stringify(id)}: expected one of loopwright pipeline history NAME`);
      print({ ...record, status: await client.pipelines.status(id) }, options, describeRun);
    });
  });
  const log = group
    .command('log')
    .description("the log of a stage's last attempt")
    .argument('<run>', RUN)
    .argument('<stage>', 'its name; @compensate/NAME, @onFailure');
  common(log, defaults)
    .option('--unit <n>', 'of a stage with forEach: which item, from 0', whole)
    .action((run: string, stage: string, options: LogOptions) => {
      const id = idOf(run);
      return within(options, async ({ client }) =>
        print({ log: await client.pipelines.log(id, stage, options.unit) }, options, (found) => shown(found.log)),
      );
    });
}

function addDecisions(group: Command, defaults: OperatorDefaults): void {
  const command = (verb: string, description: string): Command =>
    decides(common(group.command(verb).description(description).argument('<run>', RUN), defaults));
  const decide = (
    run: string,
    options: PersonOptions,
    work: (pipelines: LoopwrightClient['pipelines'], id: string) => Promise<PipelineStatus>,
  ) => {
    const id = idOf(run);
    return within(options, async ({ client }) => print(await work(client.pipelines, id), options, describeStatus));
  };
  for (const verb of ['approve', 'reject'] as const) {
    command(verb, verb === 'approve' ? 'a stage that waits for a person may run' : 'a stage that waits may not run')
      .argument('<stage>', 'its name')
      .action((run: string, stage: string, options: PersonOptions) =>
        decide(run, options, (pipelines, id) => pipelines[verb](id, { ...personOf(options), stage })),
      );
  }
  command('cancel', 'stops what runs, undoes what is declared and ends the run').action(
    (run: string, options: PersonOptions) =>
      decide(run, options, (pipelines, id) => pipelines.cancel(id, personOf(options))),
  );
  command('resolve', 'a compensation that failed: tries it again, or takes it as done by hand')
    .addOption(
      new Option('--action <action>', 'what becomes of it').choices(['retry', 'done-by-hand']).makeOptionMandatory(),
    )
    .action((run: string, options: ResolveOptions) =>
      decide(run, options, (pipelines, id) =>
        pipelines.resolveCompensation(id, { ...personOf(options), action: options.action }),
      ),
    );
}

function personOf({ who, reason }: PersonOptions): { who: string; reason: string } {
  return { who, reason };
}

/** The id of a run's workflow. @throws Error for what cannot be one */
function idOf(run: string): string {
  const id = run.startsWith('pipeline:') ? run : `pipeline:${run}`;
  if (/^pipeline:[^:]+:.+$/.test(id)) return id;
  throw new Error(
    `run is ${JSON.stringify(run)}: expected pipeline:NAME:RUN or NAME:RUN, as pipeline history tells it`,
  );
}

/** Ends with a line; no control character of a stage reaches the terminal, where it could be a command. */
function shown(log: string): string {
  const text = log.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
