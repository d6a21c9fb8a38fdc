import { Option } from 'commander';
import type { Command } from 'commander';
import { versionName } from '../contracts';
import type { ResolveCompensation, RetrainingStatus } from '../contracts';
import type { RetrainingDocument } from '../stores';
import { decides, onModel, print, targetOf, within } from './context';
import type { DecisionOptions, OperatorDefaults, TargetOptions } from './context';
import { printFacts, printTable, when } from './table';

type ResolveOptions = DecisionOptions & { readonly action: ResolveCompensation['action'] };

const VERBS = {
  approve: 'the challenger may meet traffic',
  reject: 'the challenger is dropped',
  cancel: 'ends the open one and undoes what it has done',
} as const;

/** Adds `status|history|approve|reject|cancel|resolve` to `retraining`. */
export function addRetrainingCommands(group: Command, defaults: OperatorDefaults): void {
  const command = (verb: string, description: string): Command =>
    onModel(group.command(`${verb} <model>`).description(description), defaults);
  command('status', 'where the newest stands, and what it waits for').action((model: string, options: TargetOptions) =>
    within(options, async ({ client }) =>
      print(await client.retraining.status(targetOf(model, options)), options, describe),
    ),
  );
  command('history', 'every retraining, oldest first, and how it ended').action(
    (model: string, options: TargetOptions) =>
      within(options, async ({ client }) =>
        print(await client.retraining.list(targetOf(model, options)), options, historyTable),
      ),
  );
  for (const verb of ['approve', 'reject', 'cancel'] as const) {
    decides(command(verb, VERBS[verb])).action((model: string, options: DecisionOptions) =>
      within(options, async ({ client }) => {
        const { who, reason } = options;
        print(await client.retraining[verb](targetOf(model, options), { who, reason }), options, describe);
      }),
    );
  }
  decides(command('resolve', 'a compensation that failed: tries it again, or takes it as done by hand'))
    .addOption(
      new Option('--action <action>', 'what becomes of it').choices(['retry', 'done-by-hand']).makeOptionMandatory(),
    )
    .action((model: string, options: ResolveOptions) =>
      within(options, async ({ client }) => {
        const { who, reason, action } = options;
        const target = targetOf(model, options);
        print(await client.retraining.resolveCompensation(target, { who, reason, action }), options, describe);
      }),
    );
}

/** The command that closes a compensation that failed. */
export function resolveCommand({ model, environment }: { model: string; environment: string }): string {
  return `loopwright retraining resolve ${model} -e ${environment} --action retry --who NAME --reason TEXT`;
}

function historyTable(documents: readonly RetrainingDocument[]): string {
  return printTable(
    documents.map(({ spec, result }) => ({
      at: when(spec.at),
      key: spec.key,
      decision: result?.decision ?? 'open',
      closed: when(result?.closedAt),
      rows: result?.rows ?? null,
      champion: result?.championVersion ?? null,
      challenger: result?.challengerVersion ?? null,
      experiment: result?.experiment ?? null,
      ...gateCells(result?.gate ?? null),
    })),
    documents.map(({ spec, result }) => [
      ...spec.reasons,
      ...(result?.reasons ?? []).map((reason) => `ended: ${reason}`),
    ]),
  );
}

function gateCells(gate: RetrainingStatus['gate']): Record<string, string | null> {
  if (gate === null) return { 'on the hold-out': null };
  const { metric, champion, challenger } = gate;
  return { 'on the hold-out': `${metric} ${number(champion[metric])} to ${number(challenger[metric])}` };
}

/** A status as a person reads it. */
function describe(status: RetrainingStatus): string {
  const { spec, snapshot, gate, challenger, result, failedCompensations } = status;
  const facts = printFacts([
    ['retraining', `${spec.key} of ${spec.model} in ${spec.environment}`],
    ['phase', result === null ? status.phase : `${status.phase}: ${result.decision}`],
    ['asked for', `${when(spec.at)}, ${spec.clock} clock`],
    ['because', status.reasons.join('; ')],
    ['rows', snapshot === null ? null : `${snapshot.rows}, ${snapshot.positives} of them 1 (${snapshot.dataset})`],
    ...gateFacts(gate),
    ['challenger', challenger === null ? null : versionName(spec.model, challenger)],
    ['comes to serve by', spec.policy.strategy?.kind ?? 'experiment'],
    ['experiment', status.experiment],
    ['waits for', waitsFor(status)],
    ['ended', result?.reasons.join('; ') ?? null],
  ]);
  const failed = failedCompensations.map((name) => `compensation ${name} failed; when its cause is gone:\n`);
  const by = [
    `    ${resolveCommand(spec)}\n`,
    '    or --action done-by-hand, where you have undone the step yourself\n',
  ];
  return failed.length === 0 ? facts : [facts, '\n', ...failed, ...by].join('');
}

function gateFacts(gate: RetrainingStatus['gate']): (readonly [string, string])[] {
  if (gate === null) return [];
  const { metric, champion, challenger, championVersion, paired, intervals } = gate;
  const side = (name: 'champion' | 'challenger', value: number | null): string => {
    const interval = intervals?.[name];
    return interval == null ? number(value) : `${number(value)} [${number(interval[0])}, ${number(interval[1])}]`;
  };
  return [
    [
      `${metric} on the hold-out`,
      `champion ${championVersion} ${side('champion', champion[metric])}, challenger ${side('challenger', challenger[metric])}, n ${champion.n}`,
    ],
    ...(paired === undefined
      ? []
      : [[paired.test, `gain ${number(paired.gain)}, p ${number(paired.pValue)}, n ${paired.n}`] as const]),
  ];
}

function waitsFor({ phase, experiment, challenger, waitsUntil, failedCompensations }: RetrainingStatus): string | null {
  const until = waitsUntil === undefined ? '' : `, next at ${when(waitsUntil)}`;
  if (failedCompensations.length > 0) return 'a person, on a compensation that failed';
  if (phase === 'approval') return `approve or reject${until}`;
  if (phase === 'experiment') return `experiment ${experiment ?? ''}${until}`;
  if (phase === 'deploying') return `the rollout of version ${challenger}${until}`;
  if (phase === 'baking') return `the end of the bake${until}`;
  return phase === 'closed' ? null : `the step ${phase}${until}`;
}

function number(value: number | null): string {
  return value === null ? '–' : String(Math.round(value * 10_000) / 10_000);
}
