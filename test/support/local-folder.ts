import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test file's own, with paths in it that nobody has used. */
export class LocalFolder {
  private readonly root: string;
  private counter = 0;

  private constructor(root: string) {
    this.root = root;
  }

  static async open(): Promise<LocalFolder> {
    return new LocalFolder(await mkdtemp(join(tmpdir(), 'loopwright-files-')));
  }

  /** A path at which nothing is. */
  readonly fresh = (): string => join(this.root, `f${(this.counter += 1)}`);

  /** A new folder of files by path. */
  readonly of = async (contents: Readonly<Record<string, string>>): Promise<string> => {
    const root = this.fresh();
    await mkdir(root);
    for (const [path, text] of Object.entries(contents)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return root;
  };

  async close(): Promise<void> {
    await rm(this.root, { recursive: true });
  }
}

/** SHA-256, hex. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
