import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of the first table under a heading of a page, by its column names; code marks are taken off. */
export function tableOfPage(page: string, heading: string): Record<string, string>[] {
  const lines = readFileSync(join(__dirname, '../..', page), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith('#') && line.endsWith(heading));
  if (start < 0) throw new Error(`${page} has no heading ${JSON.stringify(heading)}`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  const [head, , ...rows] = lines.slice(first, end).map(cellsOf);
  return rows.map((cells) => Object.fromEntries(head!.map((name, index) => [name, cells[index]!])));
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}
