import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** What a command printed, and the code it ended with. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** The executable of that name on the environment's PATH, if there is one. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    // a relative entry would run what lies in the current folder
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** True if there is a file that we may run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Runs a command without a shell. Throws if it could not be run, was ended by a signal or took too long. */
export function run(
  path: string,
  parameters: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    execFile(
      path,
      [...parameters],
      { env: options.environment, timeout: options.timeoutMs, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`;
        if (error === null) resolve({ code: 0, output });
        else if (typeof error.code === 'number') resolve({ code: error.code, output });
        else if (error.killed === true) reject(new Error(`${path} took more than ${options.timeoutMs / 1000} s`));
        else reject(new Error(`${path} could not be run: ${error.signal ?? error.code ?? error.message}`));
      },
    );
  });
}

/** Runs a tool found on PATH; throws unless it succeeds, with the last line it printed. */
export async function runTool(
  name: string,
  parameters: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<void> {
  const path = await findOnPath(name, options.environment);
  if (path === undefined) throw new Error(`${name} is not on PATH`);
  const { code, output } = await run(path, parameters, options);
  if (code !== 0) throw new Error(`${name} ended with code ${code}: ${lastLine(output)}`);
}

/** The message of an error and of what caused it, on one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${reasonOf(error.cause)})`;
  return `${error.message}${cause}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
