import type { Look, ReplayReport } from '../../contracts';
import { decimals, plural, signed } from '../format';
import { categoryAxis, legend, SIGNS, shortDay, valueAxis } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

type Experiment = ReplayReport['experiments'][number];
type Option = Record<string, unknown>;

const GRID = { left: 64, right: 12, top: 40, bottom: 52 };

const looksAxis = (looks: readonly Look[]) =>
  categoryAxis(
    looks.map(({ at }) => shortDay(at)),
    'look',
  );

/** The estimated difference with its interval, look by look; `number` counts experiments from 1. */
export function estimateChart({ looks }: Experiment, number: number, metric: string): Chart {
  const last = looks.findLast(({ difference }) => difference !== null);
  const intervals = looks.flatMap(({ interval }, index) => (interval === null ? [] : [[index, ...interval]]));
  const end = last?.interval == null ? '' : ` (${signed(last.interval[0])} to ${signed(last.interval[1])})`;
  return {
    key: `experiment-${number}-estimate`,
    half: true,
    height: 300,
    label: `Difference of ${metric}, challenger minus champion, at ${plural(looks.length, 'look')}; last ${signed(last?.difference ?? null)}${end}`,
    caption: `Challenger − champion in ${metric}${metric === 'log loss' ? ' (lower is better)' : ''}, with its 95 % interval at each look. The interval is not corrected for looking more than once; the bound on z is.`,
    option: {
      grid: GRID,
      legend: legend(['difference', { name: '95 % interval', icon: SIGNS.interval }]),
      xAxis: looksAxis(looks),
      yAxis: { ...valueAxis('difference'), scale: false },
      series: [
        {
          name: '95 % interval',
          type: 'custom',
          silent: true,
          color: COLOURS.loop,
          data: intervals,
          encode: { x: 0, y: [1, 2] },
          renderItem: whisker,
        },
        {
          ...dots(
            'difference',
            COLOURS.loop,
            looks.map(({ difference }) => difference),
          ),
          markLine: {
            symbol: 'none',
            silent: true,
            label: { show: false },
            data: [{ yAxis: 0 }],
            lineStyle: { color: COLOURS.soft, type: 'solid', width: 1 },
          },
        },
      ],
    },
  };
}

interface Plane {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** An interval as a stroke with caps; a stacked band would be drawn wrong where it spans zero. */
function whisker(_: unknown, plane: Plane): Option {
  const ends = [1, 2].map((dimension) => plane.coord([plane.value(0), plane.value(dimension)]));
  const [[x, low], [, high]] = ends as [readonly [number, number], readonly [number, number]];
  const style = { stroke: COLOURS.loop, lineWidth: 1.75, fill: 'none' };
  const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style,
  });
  return {
    type: 'group',
    children: [stroke(x, low, x, high), stroke(x - 6, low, x + 6, low), stroke(x - 6, high, x + 6, high)],
  };
}

/** z against the bound that it must reach, look by look. */
export function boundaryChart({ looks }: Experiment, number: number): Chart {
  const last = looks.at(-1);
  const unbound = looks.filter(({ bound }) => bound === null).map(({ k }) => k);
  const bounds = (side: 1 | -1) => ({
    ...dots(
      side === 1 ? 'bound' : 'lower bound',
      COLOURS.alert,
      looks.map(({ bound }) => (bound === null ? null : side * bound)),
    ),
    lineStyle: { type: 'dashed', width: 2 },
    symbolSize: 4,
  });
  return {
    key: `experiment-${number}-z`,
    half: true,
    height: 300,
    label: `z and its bound at ${plural(looks.length, 'look')}; last z ${decimals(last?.z ?? null, 2)}, bound ${decimals(last?.bound ?? null, 2)}`,
    caption: [
      'z of the test against its group-sequential bound (alpha spending, O’Brien-Fleming type): high at first, so that early luck decides nothing. Above the upper bound the challenger is better, below the lower one worse.',
      unbound.length === 0 ? '' : ` No α is spent, so there is no bound, at look ${unbound.join(', ')}.`,
    ].join(''),
    option: {
      grid: GRID,
      legend: legend(['z', 'bound']),
      xAxis: looksAxis(looks),
      yAxis: { ...valueAxis('z'), scale: false },
      series: [
        dots(
          'z',
          COLOURS.loop,
          looks.map(({ z }) => z),
        ),
        bounds(1),
        bounds(-1),
      ],
    },
  };
}

function dots(name: string, color: string, data: readonly (number | null)[]): Option {
  return { name, type: 'line', data, color, symbol: 'circle', symbolSize: 7, silent: true, lineStyle: { width: 2.5 } };
}
