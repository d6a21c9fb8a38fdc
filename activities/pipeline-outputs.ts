import { lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { redacted } from '../src/adapters/executor';
import { PIPELINE_NAME_PATTERN, PIPELINE_NAME_RULE, STAGE_LIMITS, STAGE_PATHS } from '../src/contracts';
import type { ArtifactRef, PipelineOutput } from '../src/contracts';
import { shorten } from '../src/schemas/parse';
import type { Stores } from '../src/stores';
import { piecesOf } from '../src/stores/local-file';
import type { Workspace } from './pipeline-workspace';

/** Makes the folders that outputs are written to, and says where the stage sees each output. */
export async function prepareOutputs(
  space: Workspace,
  outputs: readonly PipelineOutput[],
): Promise<Record<string, string>> {
  for (const { path } of outputs) {
    const host = space.at(path);
    await mkdir(path.endsWith('/') ? host : dirname(host), { recursive: true });
  }
  return Object.fromEntries(outputs.map(({ name, path }) => [name, space.seen(path)]));
}

/**
 * Stores what a stage has left.
 * @throws Error for an output that is not there, is an empty folder, or is reached by a link; the signal's reason when
 * that is aborted
 */
export async function collectOutputs(
  { artifactFiles }: Stores,
  space: Workspace,
  outputs: readonly PipelineOutput[],
  owner: string,
  signal: AbortSignal,
): Promise<Record<string, ArtifactRef>> {
  const found: Record<string, ArtifactRef> = {};
  for (const { name, path } of outputs) {
    const host = space.at(path);
    const stat = await lstat(host).catch(() => null);
    const empty = stat?.isDirectory() === true && (await readdir(host)).length === 0;
    if (stat === null || empty)
      throw new Error(
        `output ${name}: ${stat === null ? 'nothing' : 'an empty folder'} lies at ${path}, expected a file or a folder with files`,
      );
    await refuseLinks(host, `output ${name} at ${path}`);
    found[name] = await artifactFiles.store(host, owner, signal);
  }
  return found;
}

/**
 * The metrics that a stage has left; none where there is no file.
 * @throws Error for a file that is no object of finite numbers by name, or is too large
 */
export async function readMetrics(space: Workspace, secrets: readonly string[]): Promise<Record<string, number>> {
  const host = space.at(STAGE_PATHS.metrics);
  const stat = await lstat(host).catch(() => null);
  if (stat === null) return {};
  await refuseLinks(host, 'metrics.json');
  if (!stat.isFile()) throw new Error('metrics.json is no file: expected a JSON object of numbers by name');
  if (stat.size > STAGE_LIMITS.metricsBytes)
    throw new Error(`metrics.json has ${stat.size} bytes: expected at most ${STAGE_LIMITS.metricsBytes}`);
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(host)) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  try {
    return metricsOf(text);
  } catch {
    // A message shows only a part of it, in which a secret that was cut would not be found any more.
    return metricsOf(redacted(secrets, text));
  }
}

function metricsOf(text: string): Record<string, number> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(`metrics.json is no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Error(`metrics.json is ${shorten(given)}: expected an object of numbers by name`);
  const metrics = Object.entries(given as Record<string, unknown>);
  if (metrics.length > STAGE_LIMITS.metrics)
    throw new Error(`metrics.json has ${metrics.length} metrics: expected at most ${STAGE_LIMITS.metrics}`);
  for (const [name, value] of metrics) {
    if (!PIPELINE_NAME_PATTERN.test(name))
      throw new Error(`metrics.json has the metric ${shorten(name)}: expected names of ${PIPELINE_NAME_RULE}`);
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new Error(`${name} of metrics.json is ${shorten(value)}: expected a finite number`);
  }
  return Object.fromEntries(metrics) as Record<string, number>;
}

/** A stage could put a link in the place of a folder of its own, and so be given what is none of its business. */
async function refuseLinks(host: string, what: string): Promise<void> {
  if ((await realpath(host).catch(() => null)) !== host)
    throw new Error(`${what} is reached by a link: expected a file or a folder`);
}
