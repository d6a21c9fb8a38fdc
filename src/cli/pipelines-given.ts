import { pipelineOwner, workflowIds } from '../contracts';
import type { ArtifactRef, CompiledPipeline } from '../contracts';
import { didYouMean } from '../domain/suggest';
import type { Stores } from '../stores';

/**
 * Files and folders of this machine as artifacts that a run claims, by the paths at which its stages find them.
 * @param given paths of this machine by those of the pipeline
 * @throws Error for a path that no stage takes, or what cannot be read
 */
export async function filesOf(
  { artifactFiles }: Pick<Stores, 'artifactFiles'>,
  { name, stages }: CompiledPipeline,
  run: string,
  given: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, ArtifactRef>>> {
  const taken = stages.flatMap(({ inputs }) => inputs.flatMap((input) => (input.kind === 'path' ? [input.path] : [])));
  const unknown = [...given.keys()].find((path) => !taken.some((one) => isIn(plain(path), plain(one))));
  if (unknown !== undefined)
    throw new Error(`--file ${unknown} is the path of no stage's input: ${didYouMean(unknown, [...new Set(taken)])}`);
  const owner = pipelineOwner(workflowIds.pipeline(name, run));
  const files: Record<string, ArtifactRef> = {};
  for (const [path, local] of given) {
    files[path] = await artifactFiles.store(local, owner).catch((error: unknown) => {
      throw new Error(`--file ${path}: ${local} cannot be stored: ${(error as Error).message}`, { cause: error });
    });
  }
  return files;
}

function plain(path: string): string {
  return path.replace(/\/$/, '');
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
