type Cell = string | number | null;

/** Rows as aligned columns, with a head; for a terminal. @param notes lines under each row, indented */
export function printTable(
  rows: readonly Readonly<Record<string, Cell>>[],
  notes: readonly (readonly string[])[] = [],
): string {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return 'nothing found\n';
  const cells = [names, ...rows.map((row) => names.map((name) => cell(row[name] ?? null)))];
  const widths = names.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells
    .map((line, index) => {
      const below = (notes[index - 1] ?? []).map((note) => `    ${cell(note)}\n`);
      const padded = line.map((text, column) => text.padEnd(widths[column]!)).join('  ');
      return `${padded.trimEnd()}\n${below.join('')}`;
    })
    .join('');
}

/** Names and values, one a line, aligned. */
export function printFacts(facts: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}\n`).join('');
}

/** An instant as a person reads it: to the minute, midnight as a day; a dash for none. */
export function when(instant: string | null | undefined): string {
  return (instant ?? '–').replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*Z$/, '$1 $2').replace(/ 00:00$/, '');
}

/** Four decimals; and no control character from outside reaches the terminal, where it could be a command. */
function cell(value: Cell): string {
  if (typeof value === 'number') return String(Math.round(value * 10_000) / 10_000);
  return value === null ? '–' : value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
