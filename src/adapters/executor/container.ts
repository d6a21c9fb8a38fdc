import { posix } from 'node:path';
import type { ContainerCreateOptions } from 'dockerode';
import { STAGE_PATHS } from '../../contracts';
import type { DockerSettings, StageExit, StageJob } from '../../contracts';
import { ExecutorError } from './errors';

/** Processes of one container, unless the settings say so. */
const PIDS = 256;
/** 128 and the number of SIGKILL. */
const KILLED = 137;
/** Where a system keeps what it runs by: nothing may lie over or under these. */
const SYSTEM = /^\/(?:etc|proc|sys|dev|bin|sbin|usr|lib(?:32|64|x32|exec)?|boot|root|run|var\/run)?(?:\/|$)/;

/**
 * What is asked of Docker for a job: no privileges, no network unless the settings name one, nothing of this machine
 * but the job's mounts. It runs as the worker's own user, for the worker has to read and remove what it leaves.
 * @param owner whose container it is; a dead owner's are removed
 * @throws ExecutorError for a mount over what a system runs by
 */
export function containerOf(job: StageJob, settings: DockerSettings, owner: string): ContainerCreateOptions {
  const { cpu, memory, gpu } = job.resources;
  const mounts = job.mounts.map(
    ({ host, path, readOnly }) => `${mountable(host)}:${allowed(path)}:${readOnly ? 'ro' : 'rw'}`,
  );
  const isTmpMounted = job.mounts.some(({ path }) => posix.resolve(path) === '/tmp');
  const env = { HOME: '/tmp', ...job.env, ...job.secrets };
  return {
    name: job.id,
    Image: job.image,
    ...(job.command.length > 0 ? { Entrypoint: [...job.command] } : {}),
    Cmd: [...job.args],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    User: `${process.getuid!()}:${process.getgid!()}`,
    WorkingDir: STAGE_PATHS.work,
    Labels: { 'loopwright.job': job.id, 'loopwright.owner': owner },
    HostConfig: {
      Binds: mounts,
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: cpu * 1e6,
      PidsLimit: settings.pids ?? PIDS,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: settings.network ?? 'none',
      ReadonlyRootfs: true,
      Tmpfs: isTmpMounted ? {} : { '/tmp': 'rw,nosuid,nodev,mode=1777' },
      Privileged: false,
      // What it writes is taken as it comes; a copy in the engine's own files would fill the disk.
      LogConfig: { Type: 'none', Config: {} },
      DeviceRequests: gpu > 0 ? [{ Count: gpu, Capabilities: [['gpu']] }] : [],
    },
  };
}

function allowed(path: string): string {
  if (SYSTEM.test(posix.resolve('/', path)))
    throw new ExecutorError(
      `the path ${path} may not be mounted: expected one outside /, /etc, /usr and the like`,
      true,
    );
  return mountable(path);
}

/** A colon would end the path and begin another field of the mount. */
function mountable(path: string): string {
  if (path.startsWith('/') && !path.includes(':')) return path;
  throw new ExecutorError(`the path ${path} may not be mounted: expected an absolute path without a colon`, true);
}

/**
 * How a container ended, by its code and what the engine says of its memory. Not every engine notices that memory was
 * the reason (Podman with cgroups of version 1 may not), but then it was killed all the same.
 */
export function exitOf(code: number, isOutOfMemory: boolean, memory: number): StageExit {
  const why = `out of memory (${inBytes(memory)})`;
  if (isOutOfMemory && code !== 0) return { code, reason: why };
  return code === KILLED ? { code, reason: `killed by SIGKILL, perhaps ${why}` } : { code };
}

function inBytes(bytes: number): string {
  const [unit, name] = bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : [2 ** 20, 'MiB'];
  return `${Number((bytes / unit).toFixed(1))} ${name}`;
}
