import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { DockerSettings, StageExecutor, StageExit, StageJob } from '../../contracts';
import { watch } from './children';
import { containerOf, exitOf } from './container';
import { beating, signalOf } from './context';
import { demux } from './demux';
import { imageId, loadDocker, statusOf } from './docker-client';
import { ExecutorError } from './errors';
import { outputOf } from './output';
import { redacted } from './redact';

const SOCKET = '/var/run/docker.sock';
/** From SIGTERM to SIGKILL, in seconds. */
const GRACE_S = 5;
/** How long is waited for the end of what a container has written. */
const DRAIN_MS = 5_000;

/**
 * Carries out stages in containers of Docker, or of Podman by its socket. A container is removed when it has ended,
 * when the job is aborted and when the worker dies; what a dead worker of this machine left all the same (a power cut)
 * is removed before the next container is made.
 * @param load gets the client's package; called at the first job
 */
export function createDockerExecutor(settings: DockerSettings = {}, load: () => unknown = loadDocker): StageExecutor {
  const socketPath = settings.socketPath ?? SOCKET;
  let client: Docker | undefined;
  const connect = (): Docker => (client ??= new (load() as typeof Docker)({ socketPath }));
  const idOf = (image: string): Promise<string> => {
    if (settings.requireDigest === true && !image.includes('@sha256:'))
      throw new ExecutorError(
        `the image ${image} names no digest: this worker expects ${image}@sha256:… (docker.requireDigest)`,
        true,
      );
    return imageId(connect(), image, settings.pull ?? false);
  };
  return {
    kind: 'docker',
    contained: true,
    version: async (image) => {
      try {
        return `docker/${await idOf(image)}`;
      } catch (error) {
        throw inWords(error, socketPath, []);
      }
    },
    run: async (job, context) => {
      const signal = signalOf(context);
      const options = containerOf(job, settings, ownerOf(process.pid));
      return beating(context, async () => {
        try {
          await idOf(job.image);
          await removeLeft(connect());
          signal.throwIfAborted();
          const forget = watch({ container: { socketPath, name: job.id } });
          const container = await connect().createContainer(options);
          try {
            return await carryOut(container, job, signal);
          } finally {
            await remove(container);
            forget();
          }
        } catch (error) {
          throw signal.aborted ? signal.reason : inWords(error, socketPath, Object.values(job.secrets));
        }
      });
    },
  };
}

async function carryOut(container: Container, job: StageJob, signal: AbortSignal): Promise<StageExit> {
  const output = outputOf(job, () => void container.kill().catch(() => undefined));
  const streams = [output.stream(), output.stream()] as const;
  const attached = await container.attach({ stream: true, stdout: true, stderr: true });
  attached.on(
    'data',
    demux((stream, bytes) => streams[stream - 1]!.write(bytes)),
  );
  const drained = new Promise<void>((resolve) =>
    ['end', 'close', 'error'].forEach((event) => attached.once(event, () => resolve())),
  );
  const stop = (): void => void container.stop({ t: GRACE_S }).catch(() => undefined);
  signal.throwIfAborted();
  await container.start();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    const { StatusCode: code } = (await container.wait()) as { readonly StatusCode: number };
    signal.throwIfAborted();
    const late = setTimeout(() => (attached as unknown as { destroy(): void }).destroy(), DRAIN_MS);
    await drained;
    clearTimeout(late);
    streams.forEach((stream) => stream.end());
    output.check();
    const { OOMKilled: isOutOfMemory } = (await container.inspect()).State;
    return exitOf(code, isOutOfMemory, job.resources.memory);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Removes the containers of workers of this machine that are dead. */
async function removeLeft(docker: Docker): Promise<void> {
  const all = await docker.listContainers({ all: true, filters: { label: ['loopwright.owner'] } });
  const left = all.filter(({ Labels: labels }) => isDead(labels['loopwright.owner']!));
  await Promise.all(left.map(({ Id }) => remove(docker.getContainer(Id))));
}

/** Another one may have removed it, or be about to. */
async function remove(container: Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
  }
}

/** `host:pid`; processes are told apart by number only where they see one another. */
function ownerOf(pid: number): string {
  return `${hostname()}${numberedBy()}:${pid}`;
}

/** The space that process numbers are of, where the system has several. */
function numberedBy(): string {
  try {
    return `/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

function isDead(owner: string): boolean {
  const pid = Number(owner.slice(owner.lastIndexOf(':') + 1));
  if (!Number.isSafeInteger(pid) || pid <= 0 || owner !== ownerOf(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** What the engine says may repeat the job's variables. */
function inWords(error: unknown, socketPath: string, secrets: readonly string[]): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (statusOf(error) !== undefined) return new ExecutorError(redacted(secrets, message), false);
  if (!['ENOENT', 'ECONNREFUSED', 'EACCES'].includes(String(code))) return error;
  return new ExecutorError(
    `no Docker or Podman answers at ${socketPath} (${code}): start it, or set docker.socketPath`,
    false,
  );
}
