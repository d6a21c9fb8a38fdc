import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ExecutorError, redacted } from '../src/adapters/executor';
import type { Images } from '../src/adapters/executor';
import { pipelineOwner, STAGE_FAILED, STAGE_PATHS } from '../src/contracts';
import type {
  ArtifactRef,
  PipelineOutput,
  PipelineSecret,
  StageExecutor,
  StageJob,
  StageMount,
  StageTold,
} from '../src/contracts';
import { ArtifactCorruptError } from '../src/stores';
import type { Stores } from '../src/stores';
import { stageContext } from './context';
import type { GivenInput } from './pipeline-given';
import { putInputs } from './pipeline-inputs';
import { StageLog } from './pipeline-log';
import { collectOutputs, prepareOutputs, readMetrics } from './pipeline-outputs';
import { variablesOf } from './pipeline-variables';
import { Workspace } from './pipeline-workspace';

/** One attempt before it has a folder. */
export interface AttemptPlan extends Pick<StageJob, 'image' | 'command' | 'args' | 'resources'> {
  readonly secrets: readonly PipelineSecret[];
  readonly executor: StageExecutor;
  readonly told: Omit<StageTold, 'inputs' | 'outputs'>;
  readonly inputs: readonly GivenInput[];
  readonly outputs: readonly PipelineOutput[];
}

/** What an attempt came to. */
export type Attempted = { readonly log: ArtifactRef | null } & (
  | { readonly outputs: Readonly<Record<string, ArtifactRef>>; readonly metrics: Readonly<Record<string, number>> }
  | { readonly failure: Error }
);

/** Carries out one attempt in a folder of its own, which is gone afterwards. Fails only where its log cannot be stored. */
export async function attempt(
  { stores, images }: { readonly stores: Stores; readonly images: Images },
  plan: AttemptPlan,
): Promise<Attempted> {
  const space = await Workspace.open(images.folder, plan.executor.contained);
  const log = new StageLog(space.log);
  const owner = pipelineOwner(plan.told.run);
  const secrets: Record<string, string> = {};
  try {
    const ended = await find(plan.secrets, images, secrets)
      .then(() => carryOut(stores, { ...plan, secrets }, space, log, owner))
      .catch((error: unknown) => ({ error }));
    log.close();
    const failure =
      'error' in ended ? await failureOf(ended.error, plan.told, Object.values(secrets), log.tail()) : null;
    const stored = log.isEmpty ? null : await stores.artifactFiles.store(log.path, owner);
    return 'error' in ended ? { failure: failure!, log: stored } : { ...ended, log: stored };
  } finally {
    log.close();
    await space.close();
  }
}

/** Those found are hidden in whatever is told of those that are not. */
async function find(wanted: readonly PipelineSecret[], images: Images, found: Record<string, string>): Promise<void> {
  for (const { name, ref } of wanted) found[name] = await images.secret(ref);
}

async function carryOut(
  stores: Stores,
  plan: Omit<AttemptPlan, 'secrets'> & Pick<StageJob, 'secrets'>,
  space: Workspace,
  log: StageLog,
  owner: string,
): Promise<Pick<Extract<Attempted, { readonly metrics: unknown }>, 'outputs' | 'metrics'>> {
  const { executor, image, command, args, secrets, resources } = plan;
  const { cancellationSignal: signal } = Context.current();
  const inputs = await putInputs(stores, space, plan.inputs, signal);
  const outputs = await prepareOutputs(space, plan.outputs);
  const told: StageTold = { ...plan.told, inputs, outputs };
  const files = { told: space.seen(STAGE_PATHS.told), metrics: space.seen(STAGE_PATHS.metrics) };
  // A function is handed what it is told.
  if (executor.kind !== 'function') await writeFile(space.at(STAGE_PATHS.told), JSON.stringify(told, null, 2));
  const env = variablesOf(told, files);
  const mounts = executor.contained ? mountsOf(plan, space) : [];
  const job: StageJob = {
    ...{
      id: `loopwright-${randomUUID()}`,
      image,
      command,
      args,
      told,
      env,
      secrets,
      root: space.root,
      mounts,
      resources,
    },
    log: log.write,
  };
  const { code, reason } = await executor.run(job, stageContext());
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`it ended with exit code ${code}${reason === undefined ? '' : ` (${reason})`}`);
  const metrics = await readMetrics(space, Object.values(secrets));
  return { outputs: await collectOutputs(stores, space, plan.outputs, owner, signal), metrics };
}

/** Our own folder, the folders of absolute outputs and, read-only, what is given by path; outer paths first. */
function mountsOf({ inputs, outputs }: Pick<AttemptPlan, 'inputs' | 'outputs'>, space: Workspace): StageMount[] {
  const mounts = new Map<string, boolean>();
  for (const input of inputs)
    if (input.kind === 'path' && input.path.startsWith('/')) mounts.set(space.seen(input.path), true);
  for (const { path } of outputs) {
    if (!path.startsWith('/')) continue;
    const folder = path.endsWith('/') ? space.seen(path) : dirname(space.seen(path));
    if (folder === '/')
      throw ApplicationFailure.nonRetryable(`output at ${path}: expected a folder other than / above it`, STAGE_FAILED);
    mounts.set(folder, false);
  }
  mounts.set(STAGE_PATHS.root, false);
  return [...mounts]
    .sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
    .map(([path, readOnly]) => ({ host: space.at(path), path, readOnly }));
}

/** What is thrown becomes a failure that may be tried again, unless it says itself that it may not. */
async function failureOf(
  error: unknown,
  told: AttemptPlan['told'],
  secrets: readonly string[],
  tail: string,
): Promise<Error> {
  const { cancellationSignal, cancelled } = Context.current();
  if (cancellationSignal.aborted) return cancelled.catch((reason: unknown) => reason as Error);
  if (error instanceof ArtifactCorruptError) return error;
  const hide = (text: string) => redacted(secrets, text);
  if (error instanceof ApplicationFailure) return withoutSecrets(error, hide);
  const why = hide(error instanceof Error ? error.message : String(error)).slice(0, 2_000);
  const what = told.item === undefined ? told.stage : `${told.stage}, item ${told.item.index}`;
  return ApplicationFailure.create({
    message: `${what}: attempt ${told.attempt} failed: ${why}${tail === '' ? '' : `\nThe end of its log:\n${hide(tail)}`}`,
    type: STAGE_FAILED,
    nonRetryable: error instanceof ExecutorError && error.lasting,
  });
}

/** A failure of a function's own goes through as it is; one that tells a secret keeps its message, without it, and its type. */
function withoutSecrets(failure: ApplicationFailure, hide: (text: string) => string): ApplicationFailure {
  const told = inspect(failure, { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity });
  if (hide(told) === told) return failure;
  const { message, type, nonRetryable } = failure;
  return new ApplicationFailure(hide(message), type, nonRetryable);
}
