import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A folder for a server's files. */
export interface ServerFolder {
  readonly path: string;
  /** The same path if it goes when the server stops. */
  readonly temporary: string | undefined;
}

/** The named folder, made if need be; or a new temporary one. */
export async function serverFolder(named: string | undefined, prefix: string): Promise<ServerFolder> {
  if (named !== undefined) {
    const path = resolve(named);
    await mkdir(path, { recursive: true });
    return { path, temporary: undefined };
  }
  const path = await mkdtemp(join(tmpdir(), `loopwright-${prefix}-`));
  return { path, temporary: path };
}
