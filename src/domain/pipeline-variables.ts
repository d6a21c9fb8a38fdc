/**
 * The part of a variable that stands for a name.
 * @example variableOf('learning-rate') // 'LEARNING_RATE'
 */
export function variableOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/**
 * A path without `.`, doubled slashes and one at its end; `/` for the root, nothing for the working folder.
 * @example plainPath('./data//raw/') // 'data/raw'
 */
export function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** Whether one path, as `plainPath` writes it, is another or lies below it. */
export function liesIn(path: string, folder: string): boolean {
  if (path.startsWith('/') !== folder.startsWith('/')) return false;
  return path === folder || folder === '' || folder === '/' || path.startsWith(`${folder}/`);
}
