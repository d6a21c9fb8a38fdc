import { STYLE } from './style';

/** HTML that is safe by construction: every value is escaped unless it is `Html` already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | null | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * A piece of a page.
 * @example html`<td>${name}</td>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((text, part, index) => text + render(values[index - 1] ?? '') + part));
}

function render(value: Value): string {
  if (value instanceof Html) return value.text;
  if (value === null) return '';
  if (typeof value === 'object') return value.map(render).join('');
  // Numbers are escaped too: what came from outside may be anything, whatever its type says.
  return escapeHtml(String(value));
}

/** A whole page: self-contained, without script and without network. */
export function page(content: { readonly title: string; readonly body: Html }): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${content.title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        ${content.body}
      </body>
    </html> `.text;
}

/** What a cell may hold; null is a dash. */
export type Cell = Html | string | number | null;

/** A column of a table: its name, and whether its cells are numbers or short words that must not wrap. */
export interface Column {
  readonly name: string;
  readonly kind?: 'number' | 'word' | undefined;
}

const CLASSES = { number: 'n', word: 'word' } as const;

/** A table that scrolls in itself; cells that are numbers stand to the right, null is a dash. */
export function tableOf(head: readonly (string | Column)[], rows: readonly (readonly Cell[])[], label = 'table'): Html {
  const columns = head.map((column, index): Column => {
    if (typeof column !== 'string') return column;
    return { name: column, kind: rows.some((row) => typeof row[index] === 'number') ? 'number' : undefined };
  });
  const look = ({ kind }: Column) => (kind === undefined ? '' : html` class="${CLASSES[kind]}"`);
  const cell = (value: Cell, column: Column) =>
    html`<td${look(column)}>${value instanceof Html ? value : show(value)}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col"${look(column)}>${column.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => html`<tr>${columns.map((column, index) => cell(row[index] ?? null, column))}</tr>`)}
      </tbody>
    </table>
  </div>`;
}

/** A number to four decimals, null as a dash. */
export function show(value: string | number | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '–';
  return typeof value === 'number' ? String(Math.round(value * 10_000) / 10_000) : value;
}
