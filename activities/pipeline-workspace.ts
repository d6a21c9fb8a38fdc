import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { watch } from '../src/adapters/executor';
import { STAGE_PATHS } from '../src/contracts';
import { plainPath } from '../src/domain/pipeline-variables';
import { removeFolder } from './pipeline-removal';

/** The folder of one attempt, which only this worker's user may enter. */
export class Workspace {
  /** Stands for `/`: all that the stage is given and leaves lies under it. */
  readonly root: string;
  /** Where the log is written, out of the stage's sight. */
  readonly log: string;
  private readonly folder: string;
  private readonly contained: boolean;
  private readonly forget: () => void;

  private constructor(folder: string, contained: boolean) {
    this.folder = folder;
    this.contained = contained;
    this.root = join(folder, 'root');
    this.log = join(folder, 'log');
    // A worker that is killed takes nothing away itself.
    this.forget = watch({ folder });
  }

  /** @param contained whether the stage sees paths as the pipeline says them */
  static async open(parent: string, contained: boolean): Promise<Workspace> {
    const folder = await mkdtemp(join(parent === '' ? tmpdir() : parent, 'loopwright-'));
    const space = new Workspace(await realpath(folder), contained);
    try {
      await mkdir(space.at(STAGE_PATHS.work), { recursive: true });
      return space;
    } catch (error) {
      await space.close();
      throw error;
    }
  }

  /** Where a path of the pipeline lies on this machine; a relative one lies in the working folder. */
  at(path: string): string {
    const host = resolve(join(this.root, absolute(path)));
    if (host.startsWith(this.root + sep)) return host;
    throw new Error(`the path ${path} leads out of the stage's folder`);
  }

  /** The same as the stage sees it. */
  seen(path: string): string {
    return this.contained ? absolute(path) : this.at(path);
  }

  /** Takes it away, with what the stage made unreadable or too deep; what another user owns may stay. */
  async close(): Promise<void> {
    await removeFolder(this.folder);
    this.forget();
  }
}

function absolute(path: string): string {
  const plain = plainPath(path);
  return plain.startsWith('/') ? plain : plainPath(`${STAGE_PATHS.work}/${plain}`);
}
