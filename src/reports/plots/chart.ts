import { escapeHtml, html, Html } from '../html';
import { PALETTE } from '../style';

/** The colours a plot is drawn in, by name. */
export const COLOURS = Object.fromEntries(Object.entries(PALETTE).map(([name, [light]]) => [name, light])) as Readonly<
  Record<keyof typeof PALETTE, string>
>;

/** A plot to draw: an option of echarts, its size and what it shows in words. */
export interface Chart {
  /** Unique on the page, `[a-z0-9-]+`: the ids inside the plot begin with it. */
  readonly key: string;
  readonly option: Readonly<Record<string, unknown>>;
  readonly height: number;
  /** Half as wide: two stand side by side. */
  readonly half?: boolean | undefined;
  /** For readers who do not see it. */
  readonly label: string;
  readonly caption: string;
}

interface Echarts {
  init(
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number; locale: 'EN' },
  ): { setOption(option: unknown): void; renderToSVGString(): string; dispose(): void };
}

const WIDTH = 1060;
const HALF = 520;

/** Draws a plot as SVG in a figure, now: the page needs no script. */
export async function figure(chart: Chart): Promise<Html> {
  const echarts = await loadEcharts();
  const width = chart.half === true ? HALF : WIDTH;
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height: chart.height, locale: 'EN' });
  try {
    // Event times are shown in UTC, on whatever machine the page is built.
    instance.setOption({ animation: false, useUTC: true, textStyle: TEXT, ...chart.option });
    return html`<figure>
      <div class="scroll" tabindex="0" role="group" aria-label="${chart.label}">
        ${new Html(finish(instance.renderToSVGString(), chart))}
      </div>
      <figcaption>${chart.caption}</figcaption>
    </figure>`;
  } finally {
    instance.dispose();
  }
}

/** The same, or words where there is nothing to draw. */
export async function drawn(chart: Chart | null, otherwise: string): Promise<Html> {
  return chart === null ? html`<p>${otherwise}</p>` : figure(chart);
}

const TEXT = { fontFamily: 'system-ui, sans-serif', fontSize: 13, color: COLOURS.ink };
const NAMES = new Map<string, string>(Object.entries(PALETTE).map(([name, [light]]) => [light, name]));

/** Echarts escapes text; `"` cannot stand in it, so these patterns meet attributes only. */
function finish(svg: string, { key, label }: Chart): string {
  const ids = new Map<string, string>();
  // Ids count up over the process and repeat between plots: the same data must give the same page.
  const stable = (id: string) => ids.get(id) ?? ids.set(id, `${key}-${ids.size}`).get(id)!;
  return (
    svg
      // Marks for echarts in a browser, and styles for hovering: nothing here moves.
      .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
      .replace(/<style\s*>[\s\S]*?<\/style>/g, '')
      .replace(/ class="[^"]*"/g, '')
      .replace(/ id="([^"]*)"/g, (_, id: string) => ` id="${stable(id)}"`)
      .replace(/="url\(#([^")]*)\)"/g, (_, id: string) => `="url(#${stable(id)})"`)
      .replace(/ (fill|stroke)="([^"]*)"/g, (_, name: string, value: string) => ` ${name}="${themed(value)}"`)
      // By a function: in a replacement text `$'` of a name would be a pattern.
      .replace('<svg ', () => `<svg role="img" aria-label="${escapeHtml(label)}" `)
  );
}

/** A colour by its name, so that it follows the reader's theme; the colour itself is the fallback. */
function themed(value: string): string {
  const parts = /^rgb\((\d+),\s*(\d+),\s*(\d+)\)$/.exec(value)?.slice(1);
  const hex =
    parts === undefined
      ? value.toLowerCase()
      : `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
  const name = NAMES.get(hex);
  return name === undefined ? value : `var(--${name}, ${hex})`;
}

async function loadEcharts(): Promise<Echarts> {
  try {
    return await import('echarts');
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).endsWith('MODULE_NOT_FOUND')) throw error;
    throw new Error('the report draws with echarts, which is not installed: npm install echarts', { cause: error });
  }
}
