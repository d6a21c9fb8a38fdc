import type { Estimate, ImpactComparison, ImpactHistory, ImpactMetric, ImpactReport } from '../../contracts';
import { cumulated } from '../../domain/impact-value';
import { count, decimals, signed } from '../format';
import { categoryAxis, legend, SIGNS, valueAxis } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

type Option = Record<string, unknown>;

const GRID = { left: 84, right: 16, top: 40, bottom: 52 };

/** Metrics as people call them. */
export const IMPACT_TITLES: Readonly<Record<ImpactMetric, string>> = {
  revenuePerUser: 'revenue per user',
  conversionRate: 'conversion rate',
  averageOrderValue: 'average order value',
  clickThroughRate: 'click-through rate',
  timeToConversion: 'time to conversion',
  repeatPurchaseRate: 'repeat purchase rate',
};

/** Additional revenue summed over the months, with its band. */
export function cumulativeChart(history: ImpactHistory): Chart | null {
  if (history.every(({ additionalRevenue }) => additionalRevenue === null)) return null;
  const sums = cumulated(history.map(({ additionalRevenue }) => additionalRevenue));
  const last = sums.at(-1)!;
  const { currency } = history.at(-1)!;
  return {
    key: 'impact-cumulative',
    height: 320,
    label: `Additional revenue summed over ${history.length} months: ${spread(last, 0)} ${currency}`,
    caption: `Additional revenue of all treated users (${currency}), month on month. The band adds the months’ 95 % intervals, which is right or too wide however the months hang together: the same users come again.`,
    option: {
      grid: GRID,
      legend: legend(['sum', { name: 'band', icon: SIGNS.interval }]),
      xAxis: monthsAxis(history),
      yAxis: { ...valueAxis(currency), scale: false },
      series: [
        whiskers(
          'band',
          COLOURS.loop,
          sums.map((sum, index) => [index, sum]),
        ),
        line(
          'sum',
          COLOURS.loop,
          sums.map(({ value }) => value),
        ),
      ],
    },
  };
}

/** The lift of each metric with its interval, in one month. */
export function liftChart({ metrics, month }: ImpactReport): Chart | null {
  const known = metrics.filter((one): one is ImpactComparison & { lift: Estimate } => one.lift !== null);
  if (known.length === 0) return null;
  const percent = ({ value, low, high }: Estimate): Estimate => ({
    value: value * 100,
    low: low === null ? null : low * 100,
    high: high === null ? null : high * 100,
  });
  const lifts = known.map(({ lift }) => percent(lift));
  return {
    key: 'impact-lift',
    height: 320,
    label: `Lift by metric in ${month}: ${known.map(({ metric }, index) => `${IMPACT_TITLES[metric]} ${spread(lifts[index]!, 1)} %`).join('; ')}`,
    caption:
      'Treatment over control, relative, with 95 % intervals whose units are users. Time to conversion is better when it falls. The intervals are not corrected for the number of metrics.',
    option: {
      grid: GRID,
      legend: legend(['lift', { name: '95 % interval', icon: SIGNS.interval }]),
      xAxis: categoryAxis(known.map(({ metric }) => IMPACT_TITLES[metric])),
      yAxis: { ...valueAxis('lift, %'), scale: false },
      series: [
        whiskers(
          '95 % interval',
          COLOURS.loop,
          lifts.map((lift, index) => [index, lift]),
        ),
        {
          ...line(
            'lift',
            COLOURS.loop,
            lifts.map(({ value }) => value),
          ),
          lineStyle: { width: 0 },
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

/** How many users each group had, month by month. */
export function groupsChart(history: ImpactHistory): Chart {
  const { groups } = history.at(-1)!;
  const bars = (name: 'control' | 'treatment', color: string): Option => ({
    name,
    type: 'bar',
    stack: 'users',
    color,
    silent: true,
    barMaxWidth: 48,
    data: history.map((report) => report.groups[name].users),
  });
  return {
    key: 'impact-groups',
    half: true,
    height: 300,
    label: `Users by group and month; last ${count(groups.control.users)} in control, ${count(groups.treatment.users)} in treatment`,
    caption: 'Users with at least one recommendation in the month, by group.',
    option: {
      grid: GRID,
      legend: legend(['control', 'treatment']),
      xAxis: monthsAxis(history),
      yAxis: { ...valueAxis('users'), scale: false },
      series: [bars('control', COLOURS.frozen), bars('treatment', COLOURS.loop)],
    },
  };
}

/** What the business case says against what came, month by month; null where it says nothing. */
export function valueChart(history: ImpactHistory): Chart | null {
  if (history.every(({ value }) => value.expected === null)) return null;
  const { value, currency } = history.at(-1)!;
  const realised = history.map(({ value: of }) => of.realised);
  return {
    key: 'impact-value',
    half: true,
    height: 300,
    label: `Expected and realised value by month; last expected ${decimals(value.expected, 0)}, realised ${value.realised === null ? 'not measurable' : spread(value.realised, 0)} ${currency}`,
    caption: `Value by the business case and as it was realised (${currency}), with 95 % intervals.`,
    option: {
      grid: GRID,
      legend: legend(['expected', 'realised', { name: '95 % interval', icon: SIGNS.interval }]),
      xAxis: monthsAxis(history),
      yAxis: { ...valueAxis(currency), scale: false },
      series: [
        whiskers(
          '95 % interval',
          COLOURS.loop,
          realised.flatMap((one, index) => (one === null ? [] : [[index, one] as const])),
        ),
        line(
          'realised',
          COLOURS.loop,
          realised.map((one) => one?.value ?? null),
        ),
        {
          ...line(
            'expected',
            COLOURS.alert,
            history.map(({ value: of }) => of.expected),
          ),
          lineStyle: { type: 'dashed', width: 2 },
        },
      ],
    },
  };
}

function monthsAxis(history: ImpactHistory): Option {
  return categoryAxis(
    history.map(({ month }) => month),
    'month',
  );
}

function spread({ value, low, high }: Estimate, places: number): string {
  return `${signed(value, places)} (${signed(low, places)} to ${signed(high, places)})`;
}

function line(name: string, color: string, data: readonly (number | null)[]): Option {
  return { name, type: 'line', data, color, symbol: 'circle', symbolSize: 7, silent: true, lineStyle: { width: 2.5 } };
}

interface Plane {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** Intervals as strokes with caps; a stacked band would be drawn wrong where it spans zero. */
function whiskers(name: string, color: string, at: readonly (readonly [number, Estimate])[]): Option {
  const data = at.flatMap(([index, { low, high }]) => (low === null || high === null ? [] : [[index, low, high]]));
  const style = { stroke: color, lineWidth: 1.75, fill: 'none' };
  const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style,
  });
  const renderItem = (_: unknown, plane: Plane): Option => {
    const [x, low] = plane.coord([plane.value(0), plane.value(1)]);
    const [, high] = plane.coord([plane.value(0), plane.value(2)]);
    return {
      type: 'group',
      children: [stroke(x, low, x, high), stroke(x - 6, low, x + 6, low), stroke(x - 6, high, x + 6, high)],
    };
  };
  return { name, type: 'custom', silent: true, color, data, encode: { x: 0, y: [1, 2] }, renderItem };
}
