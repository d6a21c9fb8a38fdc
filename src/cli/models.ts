import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { versionName } from '../contracts';
import type { ModelVersion, Serving } from '../contracts';
import { common, decides, print, within } from './context';
import type { OperatorContext, OperatorDefaults, OperatorOptions } from './context';
import { versioned } from './numbers';
import { printFacts, printTable, when } from './table';

/** A version with what it is called in each environment. */
export interface NamedVersion extends ModelVersion {
  /** Such as `production: champion`. */
  readonly aliases: readonly string[];
}

interface RemoveOptions extends OperatorOptions {
  readonly who: string;
  readonly reason: string;
}

/** Adds `model list|show|remove|artifact`. */
export function addModelCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program.command('model').description('the registry: list, show, remove, artifact');
  const command = (usage: string, description: string): Command =>
    common(group.command(usage).description(description), defaults);
  command('list <model>', 'every version of a model').action((model: string, options: OperatorOptions) =>
    within(options, async (context) => print(await named(context, model), options, versionTable)),
  );
  versioned(command('show <model>', 'a version with all that is recorded of it')).action(
    (model: string, version: number, options: OperatorOptions) =>
      within(options, async (context) => print(await one(context, model, version), options, describe)),
  );
  decides(versioned(command('remove <model>', 'marks a version as deleted and lets its artifact go'))).action(
    (model: string, version: number, { who, reason, ...options }: RemoveOptions) =>
      within(options, async (context) => {
        await context.client.models.remove(model, version, { who, reason });
        print(await one(context, model, version), options, describe);
      }),
  );
  versioned(command('artifact <model>', 'writes the verified bytes of a version to a file'))
    .requiredOption('--out <file>', 'where to; a file that is there is not written over')
    .action((model: string, version: number, options: OperatorOptions & { readonly out: string }) =>
      within(options, async (context) => {
        const { artifact } = await one(context, model, version);
        const bytes = await context.client.models.artifact({ artifact });
        await writeFile(options.out, bytes, { flag: 'wx' });
        print({ file: options.out, bytes: bytes.length, sha256: artifact }, options, (written) =>
          printFacts(Object.entries(written)),
        );
      }),
    );
}

async function one(context: OperatorContext, model: string, version: number): Promise<NamedVersion> {
  const found = (await named(context, model)).find((each) => each.version === version);
  if (found === undefined) throw new Error(`${versionName(model, version)} is not registered`);
  return found;
}

async function named({ client, stores }: OperatorContext, model: string): Promise<NamedVersion[]> {
  const versions = await client.models.list(model);
  const servings = (await stores.deployments.all()).filter((serving) => serving.model === model);
  return versions.map((version) => ({ ...version, aliases: aliasesOf(version.version, servings) }));
}

/** What a version is called, environment by environment. */
function aliasesOf(version: number, servings: readonly Serving[]): string[] {
  return servings.flatMap(({ environment, champion, challenger, previous, shadow }) => {
    const names = [
      ...(champion === version ? ['champion'] : []),
      ...(challenger === version || shadow === version ? ['challenger'] : []),
      ...(previous === version ? ['previous'] : []),
    ];
    return names.map((name) => `${environment}: ${name}`);
  });
}

function versionTable(versions: readonly NamedVersion[]): string {
  return printTable(
    versions.map(({ version, state, aliases, format, dataset, trainedOn, artifact, registeredAt }) => ({
      version,
      state,
      aliases: aliases.join(', ') || null,
      format: format ?? null,
      dataset,
      'trained on': trainedOn === null ? null : `${when(trainedOn.from)} to ${when(trainedOn.to)}`,
      digest: artifact.slice(0, 12),
      registered: when(registeredAt),
    })),
  );
}

/** All that is recorded of a version. */
function describe(version: NamedVersion): string {
  const { signature, hyperparameters, lineage, trainedOn, estimates, metrics } = version;
  const facts = printFacts([
    ['version', version.name],
    ['state', version.state],
    ['aliases', version.aliases.join(', ') || 'none'],
    ['format', version.format ?? null],
    ['trainer', version.trainer],
    ['artifact', version.artifact],
    ['signature', signature?.map(({ name, type }) => `${name}: ${type}`).join(', ') ?? null],
    ['dataset', version.dataset],
    ['trained on', trainedOn === null ? null : `${when(trainedOn.from)} to ${when(trainedOn.to)}`],
    ['code', version.code ?? null],
    ['parent', lineage?.parent == null ? null : versionName(version.model, lineage.parent)],
    ['retraining', lineage?.retraining ?? null],
    ['registered', when(version.registeredAt)],
    ...Object.entries(hyperparameters ?? {}).map(([name, value]) => [`parameter ${name}`, String(value)] as const),
    ...Object.entries(estimates ?? {}).map(
      ([name, { value, low, high }]) =>
        [name, low === null || high === null ? String(value) : `${value} [${low}, ${high}]`] as const,
    ),
  ]);
  const measured = Object.entries(metrics).map(([rows, performance]) => ({
    rows,
    n: performance.n,
    accuracy: performance.accuracy,
    logLoss: performance.logLoss,
    auroc: performance.auroc,
  }));
  return measured.length === 0 ? facts : `${facts}\n${printTable(measured)}`;
}
