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
  if (typeof value === 'string') return escapeHtml(value);
  if (value === null || typeof value === 'number') return String(value ?? '');
  return value.map(render).join('');
}

const STYLE = `
:root { color-scheme: light; --ink: #1c2733; --soft: #5b6b7b; --line: #dbe2ea; --accent: #0b6e99; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 2rem 1.25rem 4rem; color: var(--ink); background: #fff;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.75rem 0 .5rem; }
p { max-width: 72ch; } .lead { font-size: 1.15rem; } .soft { color: var(--soft); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: .75rem 0; font-size: .93rem; min-width: 60%; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; } .n { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0 1.5rem; } figcaption { color: var(--soft); font-size: .93rem; max-width: 80ch; }
figure svg { width: 100%; height: auto; display: block; }
@media print { h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;

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

/** A table; cells that are numbers stand to the right, null is a dash. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): Html {
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const cell = (value: string | number | null, column: number) =>
    numeric[column] === true ? html`<td class="n">${show(value)}</td>` : html`<td>${show(value)}</td>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((name, column) => (numeric[column] === true ? html`<th class="n">${name}</th>` : html`<th>${name}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A number to four decimals, null as a dash. */
export function show(value: string | number | null): string {
  if (value === null) return '–';
  return typeof value === 'number' ? String(Math.round(value * 10_000) / 10_000) : value;
}
