import { dirname } from 'node:path';
import { ExecutorError } from '../src/adapters/executor';
import type { Images } from '../src/adapters/executor';
import type { ArtifactRef, CompiledPipeline, PipelineHandler, PlannedStage } from '../src/contracts';
import { liesIn, plainPath } from '../src/domain/pipeline-variables';
import type { SchemaIssue } from '../src/schemas';
import { problem } from '../src/schemas/parse';
import { refused } from './pipeline-spec';

/** What a run brings along. */
type Files = Readonly<Record<string, ArtifactRef>>;

/**
 * Refuses a pipeline with an image, a secret or a path that this worker does not know, all of them at once.
 * @throws ApplicationFailure not to be tried again
 */
export async function checkWorker(images: Images, pipeline: CompiledPipeline, files: Files): Promise<void> {
  const unknown = await unknownSecrets(images, pipeline);
  const problems = pipeline.stages.flatMap((stage) => [
    ...checkImage(images, stage),
    ...checkHandler(images, stage.compensate, `${stage.name}.compensate`),
    ...checkPaths(images, stage, files),
    ...stage.secrets.flatMap(({ name, ref }) =>
      unknown.has(ref) ? [problem(`${stage.name}.secrets.${name}`, ref, 'expected a secret of this worker')] : [],
    ),
  ]);
  problems.push(...checkHandler(images, pipeline.onFailure, 'onFailure'));
  if (problems.length > 0) throw refused(`pipeline ${pipeline.name} on this worker`, problems);
}

/** What lies at a path: a file or folder of this machine, or one of the run's files, put `at` a path of its own. */
export type PathSource = { readonly host: string } | { readonly ref: ArtifactRef; readonly at: string };

/** What lies at a path, or what would be accepted: of the run's files the nearest one above it, else what the worker has. */
export function sourceOf(images: Images, files: Files, path: string): PathSource | string {
  const file = fileFor(files, path);
  if (file !== null) return file;
  try {
    const host = images.hostPath(path);
    if (host !== null) return { host };
  } catch (error) {
    if (!(error instanceof ExecutorError)) throw error;
    return error.message;
  }
  return "expected a path that the worker's pipelines.paths know, or one of the run's files";
}

function fileFor(files: Files, path: string): { readonly at: string; readonly ref: ArtifactRef } | null {
  const [nearest] = Object.keys(files)
    .filter((at) => liesIn(plainPath(path), plainPath(at)))
    .sort((a, b) => b.length - a.length);
  return nearest === undefined ? null : { at: plainPath(nearest), ref: files[nearest]! };
}

function checkImage(images: Images, stage: PlannedStage): SchemaIssue[] {
  const { name, image, deployment, outputs, validationRules } = stage;
  const executor = images.executorOf(image);
  if (executor !== null) return executor.contained ? checkRoots(stage) : [];
  if (deployment === undefined) return [unmapped(images, `${name}.image`, image)];
  if (outputs.length === 0 && validationRules.length === 0) return [];
  const found = unmapped(images, `${name}.image`, image);
  return [{ ...found, expected: `${found.expected}; a deployment without one has no outputs and no rules` }];
}

/** What lies directly below `/` would need the root itself to be given to the container. */
function checkRoots({ name, outputs }: PlannedStage): SchemaIssue[] {
  return outputs.flatMap(({ name: output, path }) => {
    const root = path.startsWith('/') && !path.endsWith('/') && dirname(plainPath(path)) === '/';
    const expected = `expected a file in a folder, such as /out${plainPath(path)}, or a folder, ${path}/: a container is not given /`;
    return root ? [problem(`${name}.outputs.${output}.path`, path, expected)] : [];
  });
}

function checkHandler(images: Images, handler: PipelineHandler | null | undefined, path: string): SchemaIssue[] {
  if (handler == null || images.executorOf(handler.image) !== null) return [];
  return [unmapped(images, `${path}.image`, handler.image)];
}

/** An image that nothing carries out here. */
export function unmapped({ known }: Images, path: string, image: string): SchemaIssue {
  const mapped = known.length === 0 ? 'it maps none' : known.slice(0, 10).join(', ');
  return problem(path, image, `expected an image that the worker's pipelines.executors map: ${mapped}`);
}

function checkPaths(images: Images, { name, inputs }: PlannedStage, files: Files): SchemaIssue[] {
  return inputs.flatMap((input) => {
    if (input.kind !== 'path') return [];
    const expected = sourceOf(images, files, input.path);
    return typeof expected === 'string' ? [problem(`${name}.inputs.${input.name}.path`, input.path, expected)] : [];
  });
}

async function unknownSecrets(images: Images, { stages }: CompiledPipeline): Promise<ReadonlySet<string>> {
  const refs = new Set(stages.flatMap(({ secrets }) => secrets.map(({ ref }) => ref)));
  const unknown = new Set<string>();
  for (const ref of refs) await images.secret(ref).catch(() => unknown.add(ref));
  return unknown;
}
