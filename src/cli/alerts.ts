import { Option } from 'commander';
import type { Command } from 'commander';
import { costLine } from '../adapters/alert/words';
import type { Alert, AlertKind, AlertState } from '../contracts';
import { common, onModel, print, targetOf, within } from './context';
import type { OperatorContext, OperatorDefaults, OperatorOptions, TargetOptions } from './context';
import { whole } from './numbers';
import { printTable, when } from './table';

const STATES = ['unresolved', 'open', 'acknowledged', 'snoozed', 'resolved', 'all'] as const;
const KINDS = ['performance', 'drift', 'schema', 'volume', 'silence', 'segment', 'estimate', 'concept'] as const;

interface ListOptions extends TargetOptions {
  readonly state: AlertState | 'unresolved' | 'all';
  readonly kind?: AlertKind;
  readonly limit: number;
}

interface DecisionOptions extends OperatorOptions {
  readonly who: string;
  readonly note?: string;
  readonly until?: string;
  readonly for?: string;
}

/** Adds `alert list|ack|snooze|resolve`. */
export function addAlertCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program.command('alert').description('alerts: list, ack, snooze, resolve');
  onModel(group.command('list [model]').description('alerts of a model, or of all'), defaults)
    .addOption(new Option('--state <state>', 'which').choices(STATES).default('unresolved'))
    .addOption(new Option('--kind <kind>', 'only these').choices(KINDS))
    .option('--limit <n>', 'the newest so many', whole, 50)
    .action((model: string | undefined, options: ListOptions) =>
      within(options, async (context) => print(await list(context, model, options), options, alertTable)),
    );
  decision(group, defaults, {
    verb: 'ack',
    description: 'somebody has seen it: it is not escalated any more',
    decide: ({ client }, alert, { who, note }) => client.alerts.acknowledge(alert, { who, note }),
  });
  decision(group, defaults, {
    verb: 'snooze',
    description: 'quiet for a while: give --until or --for',
    decide: ({ client }, alert, { who, note, until, for: length }) =>
      client.alerts.snooze(alert, { who, note, until, for: length }),
  })
    .option('--until <instant>', 'such as 2026-03-01 or 2026-03-01T06:00Z')
    .option('--for <duration>', 'such as 3d, on the monitor’s clock');
  decision(group, defaults, {
    verb: 'resolve',
    description: 'the problem is gone; found again, it is another alert',
    decide: ({ client }, alert, { who, note }) => client.alerts.resolve(alert, { who, note }),
  });
}

interface DecisionCommand {
  readonly verb: string;
  readonly description: string;
  readonly decide: (context: OperatorContext, alert: string, options: DecisionOptions) => Promise<Alert>;
}

function decision(group: Command, defaults: OperatorDefaults, { verb, description, decide }: DecisionCommand): Command {
  return common(group.command(`${verb} <alert>`).description(description), defaults)
    .requiredOption('--who <name>', 'who decides')
    .option('--note <text>', 'why')
    .action((alert: string, options: DecisionOptions) =>
      within(options, async (context) =>
        print(await decide(context, alert, options), options, (decided) => alertTable([decided])),
      ),
    );
}

async function list({ client }: OperatorContext, model: string | undefined, options: ListOptions): Promise<Alert[]> {
  const { state, kind, limit } = options;
  const target = model === undefined ? null : targetOf(model, options);
  return client.alerts.list(target, {
    ...(state === 'all' ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
    limit,
  });
}

/** Alerts as a person reads them: what is known in columns, what was found in a line below. */
export function alertTable(alerts: readonly Alert[]): string {
  return printTable(
    alerts.map(({ fingerprint, state, severity, count, at, lastAt, snoozedUntil }) => ({
      alert: fingerprint,
      state: state === 'snoozed' ? `snoozed until ${when(snoozedUntil)}` : state,
      severity,
      found: `${count}×`,
      since: when(at),
      last: when(lastAt),
    })),
    alerts.map(notesOf),
  );
}

function notesOf({ summary, cost, actions, withheld, who, note, resolution }: Alert): string[] {
  return [
    summary,
    ...(cost === null ? [] : [`costs ${costLine(cost)}`]),
    ...(actions.length === 0 ? [] : [`done: ${actions.join(', ')}`]),
    ...withheld.map(({ action, reason }) => `not done: ${action}, ${reason}`),
    ...(who === undefined ? [] : [`by ${who}${note === undefined ? '' : `: ${note}`}`]),
    ...(resolution === null ? [] : [`resolved ${when(resolution.at)} by ${resolution.by}: ${resolution.evidence}`]),
  ];
}
