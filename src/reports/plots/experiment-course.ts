import { SAMPLE_RATIO_ALARM } from '../../contracts';
import type { Comparison, ExperimentAnalysis } from '../../contracts';
import { plural, probability, signed } from '../format';
import { flat, legend, SIGNS, timeAxis, valueAxis } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

type Option = Record<string, unknown>;

/** So many effects are drawn: two a row. */
export const MOST_EFFECTS = 8;

/** Below that a p-value is drawn on the edge. */
const FLOOR = 1e-9;

const HALF_DAY = 43_200_000;
const GRID = { left: 68, right: 16, top: 40, bottom: 34 };

interface Point {
  readonly at: string;
  readonly kind: ExperimentAnalysis['kind'];
  readonly comparison: Comparison;
}

/** The difference as it was measured again and again; `number` counts charts from 1. Null where it never was. */
export function effectChart(
  analyses: readonly ExperimentAnalysis[],
  pair: { readonly metric: string; readonly variant: string },
  number: number,
): Chart | null {
  const points = analyses.flatMap(({ at, kind, comparisons }): Point[] => {
    const comparison = comparisons.find(({ metric, variant }) => metric === pair.metric && variant === pair.variant);
    return comparison?.difference == null ? [] : [{ at, kind, comparison }];
  });
  const last = points.at(-1);
  if (last === undefined) return null;
  const bounds = boundsOf(points);
  const looks = points
    .filter(({ kind }) => kind === 'look')
    .map(({ at, comparison }) => [at, differenceOf(comparison)]);
  const named = flat(`${pair.metric}, ${pair.variant}`);
  return {
    key: `experiment-effect-${number}`,
    half: true,
    height: 320,
    label: `Difference of ${named} from the control at ${plural(points.length, 'analysis', 'analyses')}; last ${signed(differenceOf(last.comparison), 4)}`,
    caption: [
      `${named}: difference from the control. Shaded: the always-valid interval, which holds at any time.`,
      bounds.length === 0 ? '' : ' Dashed: what the difference had to reach at each planned look.',
    ].join(''),
    option: {
      grid: GRID,
      legend: legend([
        'difference',
        ...(looks.length === 0 ? [] : [{ name: 'planned look', icon: SIGNS.diamond }]),
        ...(bounds.length === 0 ? [] : ['bound']),
        { name: 'always valid', icon: 'rect', itemStyle: { opacity: 0.35 } },
      ]),
      xAxis: timeAxis(...around(points.map(({ at }) => at))),
      yAxis: { ...valueAxis('difference'), scale: false, nameGap: 54 },
      series: [
        band(points),
        { name: 'always valid', type: 'bar', data: [], color: COLOURS.loop },
        curve(points),
        {
          ...{ name: 'planned look', type: 'scatter', symbol: 'diamond', symbolSize: 13, color: COLOURS.loop },
          ...{ silent: true, data: looks, z: 5 },
        },
        ...[1, -1].map((side) => bound(bounds, side)),
      ],
    },
  };
}

function differenceOf({ difference }: Comparison): number {
  return difference!.value;
}

/** The bound on z as a difference: so many standard errors. */
function boundsOf(points: readonly Point[]): (readonly [string, number])[] {
  return points.flatMap(({ at, kind, comparison }) => {
    const { z, bound: needed } = comparison;
    if (kind !== 'look' || z === null || z === 0 || needed === null) return [];
    return [[at, (needed * Math.abs(differenceOf(comparison))) / Math.abs(z)] as const];
  });
}

function curve(points: readonly Point[]): Option {
  return {
    ...{ name: 'difference', type: 'line', color: COLOURS.loop, symbol: 'circle', symbolSize: 5, silent: true, z: 4 },
    data: points.map(({ at, comparison }) => [at, differenceOf(comparison)]),
    lineStyle: { width: 2 },
    markLine: {
      ...{ symbol: 'none', silent: true, label: { show: false }, data: [{ yAxis: 0 }] },
      lineStyle: { color: COLOURS.soft, type: 'solid', width: 1 },
    },
  };
}

function bound(bounds: readonly (readonly [string, number])[], side: number): Option {
  return {
    ...{ name: side === 1 ? 'bound' : 'lower bound', type: 'line', color: COLOURS.alert, symbol: 'circle' },
    ...{ symbolSize: 4, silent: true, lineStyle: { type: 'dashed', width: 2 } },
    data: bounds.map(([at, value]) => [at, side * value]),
  };
}

interface Plane {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** The interval between one analysis and the next, each a piece; one alone is drawn half a day wide. */
function band(points: readonly Point[]): Option {
  const edges = points.flatMap(({ at, comparison: { anytime } }) =>
    anytime?.low == null || anytime.high === null ? [] : [[Date.parse(at), anytime.low, anytime.high] as const],
  );
  const [only] = edges;
  const spread =
    edges.length === 1 ? [-1, 1].map((side) => [only![0] + (side * HALF_DAY) / 2, only![1], only![2]]) : edges;
  return {
    ...{ name: 'interval', type: 'custom', silent: true, color: COLOURS.loop, encode: { x: [0, 3], y: [1, 2, 4, 5] } },
    data: spread.slice(1).map((edge, index) => [...spread[index]!, ...edge]),
    renderItem: (_: unknown, plane: Plane): Option => {
      const corner = (x: number, y: number) => plane.coord([plane.value(x), plane.value(y)]);
      return {
        type: 'polygon',
        shape: { points: [corner(0, 1), corner(0, 2), corner(3, 5), corner(3, 4)] },
        style: { fill: COLOURS.loop, opacity: 0.18 },
      };
    },
  };
}

/** The sequential sample-ratio p, on a log scale; null without analyses. */
export function sampleRatioChart(analyses: readonly ExperimentAnalysis[]): Chart | null {
  const last = analyses.at(-1);
  if (last === undefined) return null;
  const ends = around(analyses.map(({ at }) => at));
  const data = analyses.map(({ at, sampleRatio }) => [at, Math.max(FLOOR, sampleRatio.sequentialP)]);
  const lowest = Math.min(SAMPLE_RATIO_ALARM, ...data.map(([, p]) => p as number));
  return {
    key: 'experiment-ratio',
    half: true,
    height: 260,
    label: `Sequential sample-ratio p at ${plural(analyses.length, 'analysis', 'analyses')}; last ${probability(last.sampleRatio.sequentialP)}, alarm below ${SAMPLE_RATIO_ALARM}`,
    caption: `Running minimum of the sequential sample-ratio p, on a log scale. Below ${SAMPLE_RATIO_ALARM} the split counts as broken and nothing ships.`,
    option: {
      grid: GRID,
      legend: legend(['sequential p', `alarm below ${SAMPLE_RATIO_ALARM}`]),
      xAxis: timeAxis(...ends),
      yAxis: { ...valueAxis('p'), type: 'log', min: Math.min(1e-4, lowest / 10), max: 1, nameGap: 54 },
      series: [
        {
          ...{ name: 'sequential p', type: 'line', color: COLOURS.loop, symbol: 'circle', symbolSize: 5, silent: true },
          ...{ step: 'end', data, lineStyle: { width: 2.5 } },
        },
        {
          ...{ name: `alarm below ${SAMPLE_RATIO_ALARM}`, type: 'line', color: COLOURS.alert, symbol: 'none' },
          ...{ silent: true, lineStyle: { type: 'dashed', width: 2 } },
          data: ends.map((at) => [at, SAMPLE_RATIO_ALARM]),
        },
      ],
    },
  };
}

/** From half a day before the first to half a day after the last: one alone has room too. */
function around(instants: readonly string[]): [string, string] {
  const times = instants.map((at) => Date.parse(at));
  const shifted = (time: number, by: number) => new Date(time + by).toISOString();
  return [shifted(Math.min(...times), -HALF_DAY), shifted(Math.max(...times), HALF_DAY)];
}
