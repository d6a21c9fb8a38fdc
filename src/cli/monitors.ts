import type { Command } from 'commander';
import type { MonitorStatus, SubjectHistory } from '../contracts';
import { alertTable } from './alerts';
import { common, onModel, print, targetOf, within } from './context';
import type { OperatorDefaults, OperatorOptions, TargetOptions } from './context';
import { ChangeError, changeOf } from './monitor-change';
import { printFacts, printTable, when } from './table';

interface ConfigureOptions extends TargetOptions {
  readonly set?: readonly string[];
  readonly file?: string;
}

interface PersonOptions extends TargetOptions {
  readonly who: string;
  readonly reason: string;
}

/** Adds `monitor list|status|configure|pause|resume|evaluate`. */
export function addMonitorCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program.command('monitor').description('monitors: list, status, configure, pause, resume, evaluate');
  const command = (verb: string, description: string): Command =>
    onModel(group.command(`${verb} <model>`).description(description), defaults);
  common(group.command('list').description('every monitor that runs'), defaults).action((options: OperatorOptions) =>
    within(options, async ({ client }) =>
      print(await client.monitors.list(), options, (monitors) =>
        printTable(
          monitors.map(({ model, environment, state, startedAt }) => ({
            model,
            environment,
            state,
            started: when(startedAt.toISOString()),
          })),
        ),
      ),
    ),
  );
  command('status', 'where a monitor stands').action((model: string, options: TargetOptions) =>
    within(options, async ({ client }) =>
      print(await client.monitors.status(targetOf(model, options)), options, describe),
    ),
  );
  command('evaluate', 'judges everything that is due, now').action((model: string, options: TargetOptions) =>
    within(options, async ({ client }) =>
      print(await client.monitors.evaluate(targetOf(model, options)), options, describe),
    ),
  );
  command('configure', 'changes a running monitor')
    .option('--set <path=value>', 'a field, its value in JSON or plain text; may be given again', collect)
    .option('--file <file>', 'a change in JSON; --set goes on top')
    .action((model: string, options: ConfigureOptions) =>
      within(options, async ({ client }) => {
        const target = targetOf(model, options);
        const { set = [], file } = options;
        if (set.length === 0 && file === undefined) {
          throw new ChangeError('nothing to change: expected --set path=value or --file change.json');
        }
        const { spec } = await client.monitors.status(target);
        const status = await client.monitors.configure(target, changeOf(spec, set, file));
        print(status, options, describe);
      }),
    );
  command('pause', 'windows are recorded but trigger nothing')
    .requiredOption('--who <name>', 'who decides')
    .requiredOption('--reason <text>', 'why')
    .action((model: string, options: PersonOptions) =>
      within(options, async ({ client }) => {
        const { who, reason } = options;
        print(await client.monitors.pause(targetOf(model, options), { who, reason }), options, describe);
      }),
    );
  command('resume', 'windows trigger again')
    .requiredOption('--who <name>', 'who decides')
    .action((model: string, options: PersonOptions) =>
      within(options, async ({ client }) => {
        const { who } = options;
        print(await client.monitors.resume(targetOf(model, options), { who }), options, describe);
      }),
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `drift:temp 1 of 2`: in how many of its last looks something was found. */
function flagged({ subject, flags }: SubjectHistory): string {
  return `${subject} ${flags.filter(Boolean).length} of ${flags.length}`;
}

/** A status as a person reads it: facts, windows, alerts. */
function describe(status: MonitorStatus): string {
  const { spec, baseline, open, ingested } = status;
  const unresolved = status.alerts.filter(({ state }) => state !== 'resolved');
  const facts = printFacts([
    ['monitor', `${spec.model} in ${spec.environment}`],
    ['state', `${status.state}, ${spec.clock} clock`],
    ['settled through', when(status.settledThrough)],
    ['next due', when(status.nextDueAt)],
    [`baseline ${spec.metric}`, baseline?.value ?? null],
    ['alert level', status.level],
    ['below in a row', `${status.below} of ${spec.consecutive}`],
    ['on the way', status.subjects.map(flagged).join(', ') || 'nothing'],
    ['retrainings', status.retrainings],
    ['open', open === null ? 'nothing' : [open.retraining, open.experiment, open.waitsFor].filter(Boolean).join(', ')],
    ['last served', when(status.lastServedAt)],
    ['outcomes by signal', `${ingested.logged} logged, ${ingested.quarantined} set aside`],
    ['last failure', status.failure ?? 'none'],
  ]);
  const windows = [...status.recent].reverse().map(({ from, n, value, status: judged, counted }) => ({
    window: when(from),
    rows: n,
    [spec.metric]: value,
    status: judged,
    counts: counted ? 'yes' : 'no',
  }));
  return [
    facts,
    windows.length === 0 ? 'no window judged yet\n' : printTable(windows),
    unresolved.length === 0 ? 'no alert\n' : alertTable(unresolved),
  ].join('\n');
}
