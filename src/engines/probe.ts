import { ENGINES } from './catalogue';
import type { EngineName } from './catalogue';
import { run } from './run';

/** A shell's codes for "cannot be run"; the loader gives 127 for a missing shared library. */
const CANNOT_RUN = [126, 127];
const PROBE_MS = 15_000;

/**
 * Runs an engine once to see that it works on this machine and is new enough. Returns its version, or undefined if
 * it does not say; throws with the reason if it cannot be used.
 */
export async function probe(
  name: EngineName,
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { version, minimum } = ENGINES[name];
  const { code, output } = await run(path, ['--version'], { environment, timeoutMs: PROBE_MS });
  // the test server knows no --version and ends with 1: that it ran is all we can learn
  if (version === undefined ? CANNOT_RUN.includes(code) : code !== 0) {
    throw new Error(`${path} --version ended with code ${code}: ${output.trim().split('\n').at(-1) ?? ''}`);
  }
  const release = minimum?.pattern.exec(output);
  if (minimum !== undefined && release != null) {
    const [major, minor] = [Number(release[1]), Number(release[2])];
    if (major < minimum.major || (major === minimum.major && minor < minimum.minor)) {
      throw new Error(
        `${path} is ${minimum.of} ${major}.${minor}; ${minimum.major}.${minimum.minor} or newer is needed`,
      );
    }
  }
  return version?.exec(output)?.[1];
}
