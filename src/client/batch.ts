import { LOG_LIMIT } from '../contracts';
import { SchemaError } from '../schemas';

/** One or many as a list. @throws SchemaError on more than a million; nothing is written then */
export function listOf<T>(given: T | readonly T[], what: string): readonly T[] {
  if (!Array.isArray(given)) return [given as T];
  const rows = given as readonly T[];
  if (rows.length <= LOG_LIMIT) return rows;
  const expected = `expected at most ${LOG_LIMIT} in one call; nothing was written`;
  throw new SchemaError(what, [{ path: '(root)', value: `${rows.length} rows`, expected, code: 'too_big' }]);
}
