import { createRequire } from 'node:module';
import type Docker from 'dockerode';
import { ExecutorError } from './errors';

const PACKAGE = 'dockerode';
const load = createRequire(__filename);

/** The client is not installed. */
export class DockerMissingError extends Error {
  override readonly name = 'DockerMissingError';

  constructor() {
    super(`running stages in containers needs ${PACKAGE}: npm install ${PACKAGE}`);
  }
}

/** @throws DockerMissingError */
export function loadDocker(): unknown {
  try {
    return load(PACKAGE);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A module that the package itself misses is another fault.
    if (code === 'MODULE_NOT_FOUND' && message.includes(`'${PACKAGE}'`)) throw new DockerMissingError();
    throw error;
  }
}

/**
 * The id of an image.
 * @param pull whether one that is not there may be pulled
 * @throws ExecutorError where it is not there
 */
export async function imageId(docker: Docker, image: string, pull: boolean): Promise<string> {
  try {
    return (await docker.getImage(image).inspect()).Id;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  if (!pull) {
    throw new ExecutorError(
      `the image ${image} is not on this worker's machine: pull or load it there, or let the worker pull (docker.pull)`,
      true,
    );
  }
  // Without a tag every tag of the repository would come.
  const isTagged = image.includes('@') || /:[^/]*$/.test(image);
  const progress = await docker.pull(isTagged ? image : `${image}:latest`);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
  });
  return (await docker.getImage(image).inspect()).Id;
}

/** The status of an answer that was an error. */
export function statusOf(error: unknown): number | undefined {
  return (error as { readonly statusCode?: number }).statusCode;
}
