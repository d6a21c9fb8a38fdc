import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImpactHistory, ImpactReport, ImpactStatus } from '../contracts';
import { renderImpactReport } from '../reports';
import type { ImpactSpecInput } from '../schemas';
import { common, onModel, print, startsWork, within } from './context';
import type { OperatorDefaults, OperatorOptions, TargetOptions } from './context';
import { printFacts, printTable, when } from './table';

interface StartOptions extends TargetOptions {
  readonly file?: string;
  readonly start?: string;
  readonly window?: string;
  readonly currency?: string;
  readonly controlGroupSize?: number;
}

interface ReportOptions extends OperatorOptions {
  readonly month?: string;
  readonly out?: string;
}

/** Adds `impact list|start|status|report`. */
export function addImpactCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program.command('impact').description('what recommendations earn: list, start, status, report');
  common(group.command('list').description('every tracker, also those that are closed'), defaults).action(
    (options: OperatorOptions) =>
      within(options, async ({ client }) =>
        print(await client.impact.list(), options, (records) =>
          printTable(
            records.map(({ spec, groups, closed }) => ({
              model: spec.model,
              environment: spec.environment,
              start: when(spec.start),
              'control group': groups.at(-1)!.controlGroupSize,
              rotation: groups.at(-1)!.rotation,
              closed: closed === null ? null : when(closed.at),
            })),
          ),
        ),
      ),
  );
  startsWork(onModel(group.command('start <model>').description('starts to track a model'), defaults))
    .option('--file <file>', 'a spec in JSON; --start, --window, --currency and --control-group-size go on top')
    .option('--start <instant>', 'recommendations from then on count; today without it')
    .option('--window <duration>', 'attribution window, such as 7d')
    .option('--currency <label>', 'of the revenues, such as EUR')
    .option('--control-group-size <share>', 'share of the users in control', Number)
    .action((model: string, options: StartOptions) =>
      within(options, async ({ client }) => {
        await client.impact.start(await specOf(model, options));
        print(await client.impact.status(model), options, describe);
      }),
    );
  common(group.command('status <model>').description('where a tracker stands'), defaults).action(
    (model: string, options: OperatorOptions) =>
      within(options, async ({ client }) => print(await client.impact.status(model), options, describe)),
  );
  common(group.command('report <model>').description('the business report of a month, by default the last'), defaults)
    .option('--month <month>', 'such as 2026-10')
    .option('--out <file>', 'write the page there')
    .action((model: string, options: ReportOptions) =>
      within(options, async ({ client }) => {
        const history = until(await client.impact.reports(model), model, options.month);
        if (options.out !== undefined) await writeFile(options.out, await renderImpactReport(history));
        print(history.at(-1)!, options, (report) => `${summarise(report)}${written(options)}`);
      }),
    );
}

async function specOf(model: string, options: StartOptions): Promise<ImpactSpecInput> {
  const { file, start, window, currency, controlGroupSize, environment } = options;
  const given = file === undefined ? {} : (JSON.parse(await readFile(file, 'utf8')) as Partial<ImpactSpecInput>);
  const spec = {
    start: new Date().toISOString().slice(0, 10),
    environment,
    ...given,
    model,
    ...(start === undefined ? {} : { start }),
    ...(window === undefined ? {} : { attributionWindow: window }),
    ...(currency === undefined ? {} : { currency }),
    ...(controlGroupSize === undefined ? {} : { controlGroupSize }),
  };
  // What is missing is said by the schema.
  return spec as ImpactSpecInput;
}

/** The months up to the one that is asked for. */
function until(history: ImpactHistory, model: string, month: string | undefined): ImpactHistory {
  const found = month === undefined ? history : history.filter((report) => report.month <= month);
  const last = found.at(-1);
  if (last !== undefined && (month === undefined || last.month === month)) return found;
  const known = history.map((report) => report.month).join(', ') || 'there is none yet';
  throw new Error(`${model} has no report of ${month ?? 'any month'}: expected one of ${known}`);
}

function written({ out }: ReportOptions): string {
  return out === undefined ? '' : `\nwritten to ${out}\n`;
}

function describe(status: ImpactStatus): string {
  const { spec, groups, months, failure } = status;
  const facts = printFacts([
    ['impact', `${spec.model} in ${spec.environment}`],
    ['state', `${status.state}, ${spec.clock} clock`],
    ['settled through', when(status.settledThrough)],
    ['next due', when(status.nextDueAt)],
    ['attribution window', spec.attributionWindow],
    [
      'control groups',
      groups.map((group) => `${group.rotation} ${group.controlGroupSize} from ${when(group.from)}`).join(', '),
    ],
    ['last failure', failure ?? 'none'],
  ]);
  const rows = [...months].reverse().map(({ month, revision, closedTo, users, additionalRevenue }) => ({
    month,
    revision: revision === 0 ? 'so far' : revision,
    'closed to': when(closedTo),
    control: users[0],
    treatment: users[1],
    [`additional ${spec.currency}`]: additionalRevenue,
  }));
  return `${facts}\n${rows.length === 0 ? 'no month reported yet\n' : printTable(rows)}`;
}

function summarise(report: ImpactReport): string {
  const { month, revision, closedTo, groups, additionalRevenue: revenue, currency, value } = report;
  const facts = printFacts([
    ['impact', `${report.model} in ${report.environment}`],
    ['month', month],
    ['revision', revision === 0 ? 'so far' : revision],
    ['closed to', when(closedTo)],
    ['users', `${groups.control.users} in control, ${groups.treatment.users} in treatment`],
    [`additional ${currency}`, revenue?.value ?? null],
    ['95 % interval', revenue === null ? null : `${revenue.low?.toFixed(2)} to ${revenue.high?.toFixed(2)}`],
    ['expected', value.expected],
    ['verdict', value.status],
  ]);
  const metrics = report.metrics.map(({ metric, control, treatment, plain, pValue, significant, better, status }) => ({
    metric,
    control,
    treatment,
    'lift %': plain?.liftPercentage ?? null,
    p: pValue,
    verdict: status === 'ok' ? (significant ? (better === true ? 'better' : 'worse') : 'not shown') : status,
  }));
  const advice = report.recommendations.map(({ kind, reason }) => `${kind}: ${reason}\n`).join('');
  return `${facts}\n${printTable(metrics)}\n${advice}`;
}
