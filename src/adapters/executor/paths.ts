import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, posix, resolve, sep } from 'node:path';
import { ExecutorError } from './errors';

/**
 * Where a path of a pipeline lies on this machine, links resolved; what is not there lies where it would be.
 * @param paths folders and files of this machine by the pipeline's path; the longest one holds, by whole parts
 * @returns null where none holds
 * @throws ExecutorError for what leads out of the mapped folder, by `..` or by a link
 */
export function hostPathOf(path: string, paths: Readonly<Record<string, string>>): string | null {
  if (!path.startsWith('/')) return null;
  const wanted = posix.normalize(path).replace(/(?<=.)\/$/, '');
  const below = Object.keys(paths).filter((mapped) => isBelow(wanted, mapped, '/'));
  const mapped = below.reduce<string | null>((best, one) => (one.length > (best?.length ?? 0) ? one : best), null);
  if (mapped === null) return null;
  const base = realOf(paths[mapped]!);
  const found = realOf(join(base, wanted.slice(mapped.length)));
  if (isBelow(found, base, sep)) return found;
  throw new ExecutorError(
    `the path ${path} leads out of what this worker has for ${mapped}: expected no link out of it`,
    true,
  );
}

function isBelow(path: string, folder: string, separator: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(separator) ? folder : `${folder}${separator}`);
}

/** Of what is not there, its folder is resolved; a link to what is not there is followed. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const folder = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === path) throw error;
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? realOf(resolve(realOf(folder), readlinkSync(path))) : join(realOf(folder), basename(path));
  }
}
