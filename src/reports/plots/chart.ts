import { escapeHtml, html, Html } from '../html';

/** Colours that stay apart for colour-blind readers (Okabe and Ito). */
export const COLOURS = {
  frozen: '#8a939c',
  loop: '#0072b2',
  alert: '#d55e00',
  bound: '#8a939c',
  good: '#009e73',
} as const;

/** A plot to draw: an option of echarts, its size and what it shows in words. */
export interface Chart {
  readonly option: Record<string, unknown>;
  readonly height: number;
  /** For readers who do not see it. */
  readonly label: string;
  readonly caption: string;
}

interface Echarts {
  init(
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): { setOption(option: unknown): void; renderToSVGString(): string; dispose(): void };
}

const WIDTH = 1040;

/** Draws a plot as SVG in a figure, now: the page needs no script. */
export async function figure(chart: Chart): Promise<Html> {
  const echarts = await loadEcharts();
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: chart.height });
  try {
    instance.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...chart.option });
    const label = `<svg role="img" aria-label="${escapeHtml(chart.label)}" `;
    // Ids of clip paths count up over the process; the same data must give the same page.
    const svg = stableIds(instance.renderToSVGString()).replace('<svg ', label);
    return html`<figure>
      ${new Html(svg)}
      <figcaption>${chart.caption}</figcaption>
    </figure>`;
  } finally {
    instance.dispose();
  }
}

function stableIds(svg: string): string {
  const ids = new Map<string, string>();
  return svg.replace(/zr\d+-[a-z0-9-]+/g, (id) => {
    if (!ids.has(id)) ids.set(id, `c${ids.size}`);
    return ids.get(id)!;
  });
}

async function loadEcharts(): Promise<Echarts> {
  try {
    return await import('echarts');
  } catch (error) {
    throw new Error('the report draws with echarts, which is not installed: npm install echarts', { cause: error });
  }
}

/** Axes and margins that all plots over time share. */
export function timeAxes(yName: string, y: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    grid: { left: 64, right: 24, top: 48, bottom: 36 },
    legend: { top: 4, left: 56, itemGap: 18 },
    xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
    yAxis: { type: 'value', name: yName, nameLocation: 'middle', nameGap: 46, scale: true, ...y },
  };
}
