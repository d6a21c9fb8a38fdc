import { createHash } from 'node:crypto';

/** Longer texts are counted by their beginning and a digest. */
const LONGEST = 200;

/** The text under which a value is counted: itself, unless it is very long. */
export function countedText(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST - 20)}…${rankOf(text).slice(0, 16)}`;
}

/** Where a name stands when too many of them compete: by chance, and by the same chance whoever asks. */
export function rankOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/**
 * Which names give way when there are too many: those with the greatest ranks. The least ranks of a whole are among the
 * least ranks of each of its parts, so what is kept of a whole is complete, in whatever order its parts came.
 */
export function namesBeyond(names: Iterable<string>, limit: number): string[] {
  const all = [...names];
  if (all.length <= limit) return [];
  const ranked = all.map((name) => [rankOf(name), name] as const);
  return ranked
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(limit)
    .map(([, name]) => name);
}
