import { constants } from 'node:fs';
import { access, cp, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STAGE_PATHS } from '../src/contracts';
import type { StageInput } from '../src/contracts';
import { plainPath } from '../src/domain/pipeline-variables';
import type { Stores } from '../src/stores';
import type { GivenInput } from './pipeline-given';
import type { Workspace } from './pipeline-workspace';

/** Puts what a stage is given into its folder, and says where the stage sees it. */
export async function putInputs(
  { artifactFiles }: Stores,
  space: Workspace,
  inputs: readonly GivenInput[],
): Promise<Record<string, StageInput>> {
  const put: Record<string, StageInput> = {};
  // What lies deeper is put later: it holds in the place of what an outer path brought along.
  const depth = (input: GivenInput) => (input.kind === 'path' ? plainPath(input.path).length : 0);
  for (const input of [...inputs].sort((a, b) => depth(a) - depth(b))) {
    const path = input.kind === 'path' ? input.path : `${STAGE_PATHS.inputs}/${input.name}`;
    put[input.name] = input.kind === 'value' ? { value: input.value } : { path: space.seen(path) };
    if (input.kind === 'value') continue;
    await mkdir(dirname(space.at(path)), { recursive: true });
    if (input.kind === 'artifact') await artifactFiles.fetch(input.ref, space.at(path));
    else if (input.kind === 'path') await putPath(artifactFiles, space, input);
    else {
      await mkdir(space.at(path));
      for (const [unit, ref] of input.refs) await artifactFiles.fetch(ref, space.at(`${path}/${unit}`));
    }
  }
  return put;
}

async function putPath(
  artifactFiles: Stores['artifactFiles'],
  space: Workspace,
  { path, source }: Extract<GivenInput, { kind: 'path' }>,
): Promise<void> {
  const target = space.at('host' in source ? path : source.at);
  await rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  if ('host' in source) await copy(source.host, target, path);
  else await artifactFiles.fetch(source.ref, target);
  await access(space.at(path)).catch(() => {
    throw new Error(`nothing lies at ${path}: expected a file or a folder there`);
  });
}

/** Copies files and folders; a link could lead anywhere, so it is refused. */
async function copy(from: string, to: string, path: string): Promise<void> {
  const filter = async (each: string): Promise<boolean> => {
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
