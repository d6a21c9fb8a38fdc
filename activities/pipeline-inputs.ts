import { constants } from 'node:fs';
import { access, cp, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STAGE_PATHS } from '../src/contracts';
import type { StageInput } from '../src/contracts';
import { plainPath } from '../src/domain/pipeline-variables';
import type { Stores } from '../src/stores';
import type { GivenInput } from './pipeline-given';
import type { Workspace } from './pipeline-workspace';

/**
 * Puts what a stage is given into its folder, and says where the stage sees it.
 * @throws the signal's reason when that is aborted
 */
export async function putInputs(
  { artifactFiles }: Stores,
  space: Workspace,
  inputs: readonly GivenInput[],
  signal: AbortSignal,
): Promise<Record<string, StageInput>> {
  const put: Record<string, StageInput> = {};
  // What lies deeper is put later: it holds in the place of what an outer path brought along.
  const depth = (input: GivenInput) => (input.kind === 'path' ? targetOf(input).length : 0);
  for (const input of [...inputs].sort((a, b) => depth(a) - depth(b))) {
    signal.throwIfAborted();
    const path = input.kind === 'path' ? input.path : `${STAGE_PATHS.inputs}/${input.name}`;
    put[input.name] = input.kind === 'value' ? { value: input.value } : { path: space.seen(path) };
    if (input.kind === 'value') continue;
    await mkdir(dirname(space.at(path)), { recursive: true });
    if (input.kind === 'artifact') await artifactFiles.fetch(input.ref, space.at(path), signal);
    else if (input.kind === 'path') await putPath(artifactFiles, space, input, signal);
    else {
      await mkdir(space.at(path));
      for (const [unit, ref] of input.refs) await artifactFiles.fetch(ref, space.at(`${path}/${unit}`), signal);
    }
  }
  return put;
}

type PathInput = Extract<GivenInput, { kind: 'path' }>;

/** Where what lies at a path is put: a file of the run comes whole, though a stage names a part of it. */
function targetOf({ path, source }: PathInput): string {
  return 'host' in source ? plainPath(path) : source.at;
}

async function putPath(
  artifactFiles: Stores['artifactFiles'],
  space: Workspace,
  input: PathInput,
  signal: AbortSignal,
): Promise<void> {
  const { path, source } = input;
  const target = space.at(targetOf(input));
  await rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  if ('host' in source) await copy(source.host, target, path, signal);
  else await artifactFiles.fetch(source.ref, target, signal);
  await access(space.at(path)).catch(() => {
    throw new Error(`nothing lies at ${path}: expected a file or a folder there`);
  });
}

/** Copies files and folders; a link could lead anywhere, so it is refused. */
async function copy(from: string, to: string, path: string, signal: AbortSignal): Promise<void> {
  const filter = async (each: string): Promise<boolean> => {
    signal.throwIfAborted();
    const found = await lstat(each);
    if (found.isFile() || found.isDirectory()) return true;
    throw new Error(
      `what lies at ${path} has a link or a device in it, ${each.slice(from.length)}: expected files and folders`,
    );
  };
  await access(from).catch(() => {
    throw new Error(`nothing lies at ${path} on this worker: expected a file or a folder there`);
  });
  await cp(from, to, { recursive: true, filter, mode: constants.COPYFILE_FICLONE });
}
