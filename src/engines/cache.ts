import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { EngineName } from './catalogue';
import { probe } from './probe';

const PARTIAL = '.partial-';
/** A fill older than this was cut off. */
const STALE_MS = 3_600_000;

/** A file brought into the cache's own folder. */
export interface Filled {
  readonly path: string;
  /** Used if the executable does not tell its version. */
  readonly version: string;
}

/** Where engines are kept: `$XDG_CACHE_HOME/loopwright`, or `~/.cache/loopwright`. */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv): string {
  const base = environment.XDG_CACHE_HOME;
  // the XDG specification has relative paths ignored
  if (base !== undefined && isAbsolute(base)) return join(base, 'loopwright');
  return join(environment.HOME ?? homedir(), '.cache', 'loopwright');
}

/** The cached executables of an engine, newest version first. */
export async function listCached(cacheDirectory: string, name: EngineName): Promise<readonly string[]> {
  const folders = await readdir(cacheDirectory).catch(() => []);
  return folders
    .filter((folder) => folder.startsWith(`${name}-`) && /^\d/.test(folder.slice(name.length + 1)))
    .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }))
    .map((folder) => join(cacheDirectory, folder, name));
}

/**
 * Puts an executable into the cache. `fill` works in a folder of its own; what it made is tried out and then renamed
 * into place, so another process sees a whole executable or none, and two that fill at once do no harm.
 */
export async function addToCache(
  cacheDirectory: string,
  name: EngineName,
  environment: NodeJS.ProcessEnv,
  fill: (folder: string) => Promise<Filled>,
): Promise<string> {
  await mkdir(cacheDirectory, { recursive: true });
  await sweep(cacheDirectory);
  const folder = await mkdtemp(join(cacheDirectory, PARTIAL));
  try {
    const filled = await fill(folder);
    await chmod(filled.path, 0o755);
    const version = (await probe(name, filled.path, environment)) ?? filled.version;
    const target = join(cacheDirectory, `${name}-${version}`);
    await mkdir(target, { recursive: true });
    await rename(filled.path, join(target, name));
    return join(target, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what fills that were cut off left behind. */
async function sweep(cacheDirectory: string): Promise<void> {
  for (const entry of await readdir(cacheDirectory)) {
    if (!entry.startsWith(PARTIAL)) continue;
    const path = join(cacheDirectory, entry);
    const changed = await stat(path).catch(() => undefined);
    if (changed !== undefined && Date.now() - changed.mtimeMs > STALE_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
