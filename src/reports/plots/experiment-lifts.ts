import type { Comparison, ExperimentAnalysis, ExperimentDesign } from '../../contracts';
import { change, plural } from '../format';
import { categoryAxis, flat, legend, SIGNS, valueAxis } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

type Option = Record<string, unknown>;

/** More rows than these do not help a reader. */
const MOST_ROWS = 40;

const ROLES = {
  success: COLOURS.loop,
  guardrail: COLOURS.alert,
  secondary: COLOURS.frozen,
} as const;

interface Row {
  readonly comparison: Comparison;
  readonly lift: number;
  readonly ends: readonly [number, number] | null;
  /** Where the margin of a guardrail lies. */
  readonly margin: number | null;
}

/** Lifts with their intervals, one a row, and the margins of guardrails; null where there is no lift. */
export function liftChart(design: ExperimentDesign, { comparisons }: ExperimentAnalysis): Chart | null {
  const all = comparisons.flatMap((comparison) => rowOf(design, comparison));
  if (all.length === 0) return null;
  const shown = all.slice(0, MOST_ROWS);
  // Row 0 of a category axis is at the foot.
  const place = (index: number) => shown.length - 1 - index;
  const names = shown.map(({ comparison }) => flat(`${comparison.metric}: ${comparison.variant}`));
  const roles = (Object.keys(ROLES) as Comparison['role'][]).filter((role) =>
    shown.some(({ comparison }) => comparison.role === role),
  );
  const of = (role: Comparison['role']) =>
    shown.flatMap((row, index) => (row.comparison.role === role ? [{ row, at: place(index) }] : []));
  const margins = shown.flatMap(({ margin }, index) => (margin === null ? [] : [[margin, place(index)]]));
  return {
    key: 'experiment-lifts',
    height: 104 + 34 * shown.length,
    label: `Lifts with their intervals: ${shown.map(({ lift }, index) => `${names[index]!} ${change(lift / 100)}`).join('; ')}`,
    caption: captionOf(comparisons.length, all.length, shown.length, margins.length > 0),
    option: {
      grid: { left: 214, right: 24, top: 40, bottom: 56 },
      legend: legend([...roles, ...(margins.length > 0 ? [{ name: 'margin', icon: SIGNS.interval }] : [])], 206),
      xAxis: { ...valueAxis('lift, %'), scale: false, nameGap: 32 },
      yAxis: categoryAxis([...names].reverse(), undefined, 190),
      series: [...roles.flatMap((role) => [whiskers(role, of(role)), points(role, of(role))]), { ...marks(margins) }],
    },
  };
}

function rowOf({ metrics }: ExperimentDesign, comparison: Comparison): Row[] {
  const { lift, metric } = comparison;
  if (lift === null || !Number.isFinite(lift.value)) return [];
  const found = metrics.find(({ name }) => name === metric);
  const loss = found?.direction === 'lower-is-better' ? 1 : -1;
  const { low, high } = lift;
  return [
    {
      comparison,
      lift: lift.value * 100,
      ends: low === null || high === null ? null : [low * 100, high * 100],
      margin: found?.margin === undefined ? null : loss * found.margin * 100,
    },
  ];
}

function points(name: Comparison['role'], rows: readonly { readonly row: Row; readonly at: number }[]): Option {
  return {
    ...{ name, type: 'scatter', symbol: 'circle', symbolSize: 10, color: ROLES[name], silent: true, z: 4 },
    data: rows.map(({ row, at }) => [row.lift, at]),
    markLine: {
      ...{ symbol: 'none', silent: true, label: { show: false }, data: [{ xAxis: 0 }] },
      lineStyle: { color: COLOURS.soft, type: 'solid', width: 1 },
    },
  };
}

interface Plane {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** Intervals as strokes with caps. */
function whiskers(name: Comparison['role'], rows: readonly { readonly row: Row; readonly at: number }[]): Option {
  const color = ROLES[name];
  return {
    ...{ name: `${name} interval`, type: 'custom', silent: true, color, encode: { x: [0, 1], y: 2 } },
    data: rows.flatMap(({ row, at }) => (row.ends === null ? [] : [[...row.ends, at]])),
    renderItem: (_: unknown, plane: Plane): Option => {
      const [x1, y] = plane.coord([plane.value(0), plane.value(2)]);
      const [x2] = plane.coord([plane.value(1), plane.value(2)]);
      return { type: 'group', children: [stroke(color, x1, y, x2, y), ...[x1, x2].map((x) => tick(color, x, y, 6))] };
    },
  };
}

/** Margins as upright strokes across their rows. */
function marks(margins: readonly (readonly number[])[]): Option {
  return {
    ...{
      name: 'margin',
      type: 'custom',
      silent: true,
      color: COLOURS.ink,
      data: margins,
      encode: { x: 0, y: 1 },
      z: 5,
    },
    renderItem: (_: unknown, plane: Plane): Option => {
      const [x, y] = plane.coord([plane.value(0), plane.value(1)]);
      return tick(COLOURS.ink, x, y, 12);
    },
  };
}

function tick(color: string, x: number, y: number, half: number): Option {
  return stroke(color, x, y - half, x, y + half);
}

function stroke(color: string, x1: number, y1: number, x2: number, y2: number): Option {
  return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.75, fill: 'none' } };
}

function captionOf(all: number, known: number, shown: number, margins: boolean): string {
  return [
    'Relative difference to the control with its interval; the line at 0 is no difference.',
    margins ? ' Upright strokes: the margin of a guardrail, the loss that is accepted.' : '',
    known < all ? ` ${plural(all - known, 'comparison')} without a lift left out.` : '',
    shown < known ? ` Shown are the first ${shown} of ${known}.` : '',
  ].join('');
}
