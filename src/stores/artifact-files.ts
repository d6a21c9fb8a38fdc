import type { ArtifactRef } from '../contracts';
import type { ArtifactStore } from './artifact';

/**
 * Files and folders of this machine as artifacts. A folder is a list of its files by path, each an artifact of its own;
 * the list's digest is the folder's.
 */
export class ArtifactFiles {
  protected readonly artifacts: ArtifactStore;

  constructor(artifacts: ArtifactStore) {
    this.artifacts = artifacts;
  }

  /**
   * Stores a file or a folder, streaming; the same content is stored once.
   * @throws Error for a path that is not there, a link, a device, or more than `STAGE_LIMITS.files` files
   */
  store(_path: string, _owner: string): Promise<ArtifactRef> {
    throw new Error('not built yet');
  }

  /** The reference that a file or folder would have, without storing it. */
  refOf(_path: string): Promise<ArtifactRef> {
    throw new Error('not built yet');
  }

  /** Claims what is stored for one more owner. @throws ArtifactCorruptError when it is not there */
  claim(_ref: ArtifactRef, _owner: string): Promise<void> {
    throw new Error('not built yet');
  }

  /** Puts it at a path of this machine that is not there yet, verified. @throws ArtifactCorruptError */
  fetch(_ref: ArtifactRef, _path: string): Promise<void> {
    throw new Error('not built yet');
  }
}
