import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGE_LIMITS } from '../contracts';
import type { FileSum } from './local-file';
import { canonicalJson } from './unique-batch';

/** A file of a folder, by its path below it: parts divided by `/`. */
export interface FolderEntry extends FileSum {
  readonly path: string;
}

/** Bytes of a list, at most: what is longer is none, and is not read. */
export const FOLDER_LIST_BYTES = 64 * 1024 * 1024;

const DIGEST = /^[0-9a-f]{64}$/;

/** The list of a folder's files as it is stored: canonical JSON by path, in code units. */
export function folderList(entries: readonly FolderEntry[]): Uint8Array {
  return Buffer.from(canonicalJson([...entries].sort((a, b) => (a.path < b.path ? -1 : 1))));
}

/** The files that a list names, or null where it is not such a list. A path never leads out of the folder. */
export function parseFolderList(bytes: Uint8Array): readonly FolderEntry[] | null {
  const text = Buffer.from(bytes).toString();
  const list = parsed(text);
  if (!Array.isArray(list) || list.length > STAGE_LIMITS.files || !list.every(isEntry)) return null;
  const isSorted = list.every(({ path }, k) => k === 0 || list[k - 1]!.path < path);
  return isSorted && canonicalJson(list) === text ? list : null;
}

/**
 * Paths of the files below a folder. Nothing but files and folders may be there.
 * @throws Error for anything else, for too many of them, for a name that other systems read as several, or that is no text
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  // Grows while it is gone through.
  for (const below of folders) {
    for await (const entry of await opendir(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory()) folders.push(path);
      else await refuseSpecial(join(folder, path));
      if (!isPart(entry.name)) throw new Error(`${join(folder, path)}: a name must not hold a backslash`);
      // What stands in the place of bytes that are no text: the file is not found by that name, or another one is.
      if (entry.name.includes('\ufffd')) throw new Error(`${join(folder, path)}: a name must be UTF-8`);
      if (Math.max(files.length, folders.length) > STAGE_LIMITS.files)
        throw new Error(`${folder} holds more than ${STAGE_LIMITS.files} files or folders`);
    }
  }
  return files;
}

/** @throws Error for what is no regular file and no folder, naming what it is; else whether it is a folder */
export async function refuseSpecial(path: string): Promise<boolean> {
  const found = await lstat(path);
  if (found.isFile() || found.isDirectory()) return found.isDirectory();
  const kind = found.isSymbolicLink()
    ? 'a symbolic link'
    : found.isSocket()
      ? 'a socket'
      : found.isFIFO()
        ? 'a named pipe'
        : 'a device';
  throw new Error(`${path} is ${kind}: only files and folders can be stored`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is FolderEntry {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  const { path, sha256, bytes } = value as Readonly<Record<string, unknown>>;
  return (
    typeof path === 'string' &&
    path.split('/').every(isPart) &&
    typeof sha256 === 'string' &&
    DIGEST.test(sha256) &&
    Number.isSafeInteger(bytes) &&
    (bytes as number) >= 0
  );
}

/** Whether a name is one part of a path, on every system. */
function isPart(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}
