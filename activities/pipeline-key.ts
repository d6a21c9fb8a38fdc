import { posix } from 'node:path';
import { Context } from '@temporalio/activity';
import type { PlannedStage, StageExecutor } from '../src/contracts';
import { plainPath } from '../src/domain/pipeline-variables';
import type { Stores } from '../src/stores';
import { digestOf } from '../src/stores/unique-batch';
import type { PathSource } from './pipeline-check';
import type { Given, GivenInput } from './pipeline-given';

/** The digest of all that a result depends on: no name of a pipeline, stage or run, and no secret's value. */
export async function cacheKey(
  stores: Stores,
  executor: Pick<StageExecutor, 'kind'>,
  version: string,
  stage: Pick<PlannedStage, 'image' | 'command' | 'args' | 'outputs' | 'secrets'>,
  given: Given,
): Promise<string> {
  const { image, command, args, outputs, secrets } = stage;
  const inputs: Record<string, unknown> = {};
  for (const input of given.inputs) inputs[input.name] = await keyOf(stores, input);
  const { hyperparameters, item } = given;
  const job = { kind: executor.kind, version, image, command, args, inputs, hyperparameters, outputs, secrets };
  return digestOf({ ...job, item: item?.value ?? null }).toString('hex');
}

async function keyOf({ artifactFiles }: Stores, input: GivenInput): Promise<unknown> {
  switch (input.kind) {
    case 'value':
      return { value: input.value };
    case 'artifact':
      return { uri: input.ref.uri };
    case 'items':
      return { items: [...input.refs].map(([unit, { uri }]) => [unit, uri]) };
    case 'path':
      return { path: plainPath(input.path), uri: await sourceKey(artifactFiles, input.path, input.source) };
  }
}

async function sourceKey(artifactFiles: Stores['artifactFiles'], path: string, source: PathSource): Promise<string> {
  if ('host' in source) return (await artifactFiles.refOf(source.host, Context.current().cancellationSignal)).uri;
  return `${source.ref.uri}/${posix.relative(source.at, plainPath(path))}`;
}
