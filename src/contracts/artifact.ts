/** A file or a folder in the artifact store, by its content; what it names never changes. */
export interface ArtifactRef {
  /** SHA-256, hex: of a file's bytes, or of a folder's list of files. */
  readonly sha256: string;
  /** Of the file, or of all files of the folder. */
  readonly bytes: number;
  /** `artifact:file/{sha256}` or `artifact:folder/{sha256}`. */
  readonly uri: string;
}

/** Whether a reference is to one file or to a folder. */
export type ArtifactKind = 'file' | 'folder';

/** The address of an artifact. @example artifactUri('file', digest) // 'artifact:file/9f86d08…' */
export function artifactUri(kind: ArtifactKind, sha256: string): string {
  return `artifact:${kind}/${sha256}`;
}

/** What an address says, or null when it is none. */
export function parseArtifactUri(uri: string): { readonly kind: ArtifactKind; readonly sha256: string } | null {
  const [, kind, sha256] = /^artifact:(file|folder)\/([0-9a-f]{64})$/.exec(uri) ?? [];
  return sha256 === undefined ? null : { kind: kind as ArtifactKind, sha256 };
}

/** Who an entry of the cache is where it claims what it keeps. */
export function cacheOwner(key: string): string {
  return `cache/${key}`;
}
