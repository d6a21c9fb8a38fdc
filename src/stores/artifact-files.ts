import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { artifactUri, parseArtifactUri } from '../contracts';
import type { ArtifactKind, ArtifactRef } from '../contracts';
import { ArtifactCorruptError } from './artifact';
import type { ArtifactStore } from './artifact';
import { filesBelow, FOLDER_LIST_BYTES, folderList, parseFolderList, refuseSpecial } from './artifact-folder';
import type { FolderEntry } from './artifact-folder';
import { inParallel } from './in-parallel';
import { piecesOf, sumOf } from './local-file';
import type { FileSum } from './local-file';

/** What is done with each file, and with the list of a folder. */
interface Keeper {
  readonly file: (path: string) => Promise<FileSum>;
  readonly list: (bytes: Uint8Array) => Promise<string>;
}

/**
 * Files and folders of this machine as artifacts. A folder is a list of its files by path, each an artifact of its own;
 * the list's digest is the folder's. Only contents and paths are kept: no times, no rights (a file is no longer
 * executable when it comes back), and no folder in which there is no file, but for the whole one.
 */
export class ArtifactFiles {
  private readonly artifacts: ArtifactStore;

  constructor(artifacts: ArtifactStore) {
    this.artifacts = artifacts;
  }

  /**
   * Stores a file or a folder, streaming; the same content is stored once.
   * @throws Error for a path that is not there, a link, a device, more than `STAGE_LIMITS.files` files, or a file that
   * changes meanwhile; the signal's reason when that is aborted
   */
  async store(path: string, owner: string, signal?: AbortSignal): Promise<ArtifactRef> {
    return refBy(path, {
      file: (file) => this.artifacts.putFile(file, owner, signal),
      list: (bytes) => this.artifacts.put(bytes, owner),
    });
  }

  /**
   * The reference that a file or folder would have, without storing it.
   * @throws Error as `store` does
   */
  async refOf(path: string, signal?: AbortSignal): Promise<ArtifactRef> {
    return refBy(path, {
      file: (file) => sumOf(piecesOf(file, signal)),
      list: (bytes) => Promise.resolve(this.artifacts.digestOf(bytes)),
    });
  }

  /**
   * Claims what is stored for one more owner; safe to repeat. When it fails, what it has claimed goes with the owner.
   * @throws ArtifactCorruptError when it is not there
   */
  async claim(ref: ArtifactRef, owner: string): Promise<void> {
    // The list first: once it is claimed, it stays for whoever ends what a crash leaves half done.
    await this.artifacts.claimFor(ref.sha256, owner);
    if (kindOf(ref) === 'file') return;
    const digests = new Set((await this.entriesOf(ref)).map(({ sha256 }) => sha256));
    await inParallel([...digests], (digest) => this.artifacts.claimFor(digest, owner));
  }

  /**
   * Puts it at a path of this machine that is not there yet, verified; the folders above are made. When it fails,
   * nothing of it is left at the path.
   * @throws ArtifactCorruptError when it is not there, or is not what its reference says; the signal's reason when that
   * is aborted
   */
  async fetch(ref: ArtifactRef, path: string, signal?: AbortSignal): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    if (kindOf(ref) === 'file') {
      const bytes = await this.artifacts.sizeOf(ref.sha256);
      if (bytes !== null && bytes !== ref.bytes) throw new ArtifactCorruptError(`${ref.uri} has ${bytes} bytes`);
      await this.artifacts.getFile(ref.sha256, path, signal);
      return;
    }
    const entries = await this.entriesOf(ref);
    await mkdir(path);
    try {
      for (const folder of new Set(entries.map((entry) => dirname(join(path, entry.path)))))
        await mkdir(folder, { recursive: true });
      await inParallel(entries, (entry) => this.artifacts.getFile(entry.sha256, join(path, entry.path), signal));
    } catch (error) {
      await rm(path, { recursive: true, force: true });
      throw error;
    }
  }

  /** The files of a folder. */
  private async entriesOf(ref: ArtifactRef): Promise<readonly FolderEntry[]> {
    const size = await this.artifacts.sizeOf(ref.sha256);
    const isList = size === null || size <= FOLDER_LIST_BYTES;
    const entries = isList ? parseFolderList(await this.artifacts.get(ref.sha256)) : null;
    if (entries === null) throw new ArtifactCorruptError(`${ref.uri} is not a folder's list of files`);
    if (totalOf(entries) !== ref.bytes)
      throw new ArtifactCorruptError(`${ref.uri} has ${totalOf(entries)} bytes, its reference says ${ref.bytes}`);
    return entries;
  }
}

async function refBy(path: string, keeper: Keeper): Promise<ArtifactRef> {
  if (!(await refuseSpecial(path))) {
    const { sha256, bytes } = await keeper.file(path);
    return { sha256, bytes, uri: artifactUri('file', sha256) };
  }
  const entries: FolderEntry[] = [];
  await inParallel(await filesBelow(path), async (file) => {
    entries.push({ path: file, ...(await keeper.file(join(path, file))) });
  });
  const sha256 = await keeper.list(folderList(entries));
  return { sha256, bytes: totalOf(entries), uri: artifactUri('folder', sha256) };
}

/** @throws ArtifactCorruptError when the address is none, or of something else */
function kindOf({ uri, sha256 }: ArtifactRef): ArtifactKind {
  const address = parseArtifactUri(uri);
  if (address?.sha256 === sha256) return address.kind;
  throw new ArtifactCorruptError(`${uri} is not the address of ${sha256}: expected ${artifactUri('file', sha256)}`);
}

function totalOf(entries: readonly FolderEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
