/** The document: one section per part between markers, so that one is rewritten without the others. */

const HEAD = `# Calibration

How often each method raises an alarm where there is nothing to find, simulated with fixed seeds. \`npm run calibration\`
writes this page (\`-- --part NAME\` one section of it); \`-- --small\` is the quick check of the same rates. The numbers
are the same on every run, however many threads share the work.
`;

const begin = (name: string) => `<!-- calibration: ${name} -->`;
const end = (name: string) => `<!-- /calibration: ${name} -->`;

/** The page with a part's section in place of what stood there, or at the end. */
export function withSection(page: string | null, name: string, section: string): string {
  const text = page ?? HEAD;
  const block = `${begin(name)}\n${section.trim()}\n${end(name)}`;
  const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))];
  if (from === -1 || to === -1) return `${text.trimEnd()}\n\n${block}\n`;
  return text.slice(0, from) + block + text.slice(to + end(name).length);
}

/** A Markdown table with even columns; all but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => Array.from(row[column]!).length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => pad(text, widths[column]!, column > 0)).join(' | ')} |`;
  const rule = widths.map((width, column) => (column > 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(width - Array.from(text).length);
  return right ? space + text : text + space;
}
