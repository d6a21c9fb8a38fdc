import type { MetricName, ReplayReport, ReplayWindow } from '../../contracts';
import { METRIC_DIRECTIONS } from '../../contracts';
import { day, decimals, plural } from '../format';
import { legend, SIGNS, timeAxis, valueAxis } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

type Plotted = 'accuracy' | 'logLoss';
type Option = Record<string, unknown>;

/** How a metric is called in a sentence. */
export function titleOf(metric: MetricName): string {
  return metric === 'logLoss' ? 'log loss' : metric === 'auroc' ? 'AUROC' : metric;
}

/** Performance of the frozen and the looped model by window, with what happened marked; null without a full window. */
export function performanceChart(report: ReplayReport, metric: Plotted): Chart | null {
  const { windows, scenario, alerts, ledger, summary } = report;
  const minimum = scenario.monitor.minSamples;
  const full = windows.filter(({ n }) => n >= minimum);
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined || full.length === 0) return null;
  const promotions = ledger.filter(({ action }) => action === 'promote').map(({ effectiveAt }) => effectiveAt);
  const raised = alerts.filter(({ kind }) => kind === 'performance').map(({ at }) => at);
  const levels = levelLines(report, metric, [first.from, last.from]);
  const shaded = summary.experiments.map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]);
  // A window that the monitor does not judge either is noise that would set the scale.
  const line = (side: 'frozen' | 'loop') =>
    windows.map((window) => [window.from, window.n >= minimum ? window[side][metric] : null]);
  const series: Option[] = [
    { ...curve('frozen model', COLOURS.frozen, line('frozen')), lineStyle: { width: 2 } },
    {
      ...curve('served by the loop', COLOURS.loop, line('loop')),
      lineStyle: { width: 2.5 },
      z: 4,
      markArea: { silent: true, itemStyle: { color: COLOURS.shade, opacity: 0.16 }, data: shaded },
    },
    ...levels,
    moments('alert', COLOURS.alert, ['triangle', 'none'], raised),
    moments('promotion', COLOURS.good, ['none', 'diamond'], promotions),
    { name: 'experiment runs', type: 'bar', data: [], color: COLOURS.shade },
  ];
  return {
    key: metric.toLowerCase(),
    height: 400,
    label: labelOf(metric, full, first, last),
    caption: captionOf(report, metric, minimum),
    option: {
      grid: { left: 64, right: 16, top: 64, bottom: 30 },
      legend: legend(series.map(legendItem)),
      xAxis: timeAxis(first.from, [last.from, ...raised, ...promotions].sort().at(-1)!),
      yAxis: valueAxis(titleOf(metric)),
      series,
    },
  };
}

function curve(name: string, color: string, data: readonly unknown[]): Option {
  return { name, type: 'line', data, color, symbol: 'circle', symbolSize: 3.5, showSymbol: true, silent: true };
}

/** How a series is named: lines without points have none there either, signs keep their shape. */
function legendItem({ name, type, symbol }: Option): Option {
  if (type === 'bar') return { name, icon: 'rect', itemStyle: { opacity: 0.35 } };
  if (symbol === 'triangle' || symbol === 'diamond') return { name, icon: SIGNS[symbol] };
  return symbol === 'none' ? { name, itemStyle: { opacity: 0 } } : { name };
}

/** The baseline and the alert level, named with their values in the legend: there they cannot cover anything. */
function levelLines(report: ReplayReport, metric: Plotted, ends: readonly [string, string]): Option[] {
  if (metric !== report.scenario.monitor.metric) return [];
  const dashed = (name: string, value: number | null, color: string, type: string) =>
    value === null
      ? []
      : [
          {
            name: `${name} ${decimals(value)}`,
            type: 'line',
            symbol: 'none',
            silent: true,
            color,
            lineStyle: { type, width: 1.5 },
            data: ends.map((at) => [at, value]),
          },
        ];
  return [
    ...dashed('baseline', report.summary.baseline, COLOURS.soft, 'dotted'),
    ...dashed('alert level', report.level, COLOURS.alert, 'dashed'),
  ];
}

/** A thin line at each moment, with its sign at the foot or at the head. */
function moments(name: string, color: string, symbol: readonly [string, string], at: readonly string[]): Option {
  return {
    name,
    type: 'scatter',
    symbol: symbol.find((shape) => shape !== 'none'),
    data: [],
    color,
    markLine: {
      symbol,
      symbolSize: 13,
      // Echarts turns the sign along the line; both shapes look right that way.
      symbolRotate: 0,
      silent: true,
      label: { show: false },
      lineStyle: { color, width: 1, type: 'solid', opacity: 0.75 },
      data: at.map((moment) => ({ xAxis: moment })),
    },
  };
}

function labelOf(metric: Plotted, full: readonly ReplayWindow[], first: ReplayWindow, last: ReplayWindow): string {
  const better = full.filter(({ frozen, loop }) => {
    const [a, b] = [frozen[metric], loop[metric]];
    return a !== null && b !== null && (METRIC_DIRECTIONS[metric] === 'higher' ? b > a : b < a);
  });
  return `${titleOf(metric)} by window, ${day(first.from)} to ${day(last.from)}: the loop is better than the frozen model in ${better.length} of ${full.length} windows`;
}

function captionOf({ scenario, level, summary, windows }: ReplayReport, metric: Plotted, minimum: number): string {
  const { monitor } = scenario;
  const below = METRIC_DIRECTIONS[monitor.metric] === 'higher' ? 'below' : 'above';
  const left = windows.filter(({ n }) => n < minimum).length;
  const parts = [
    `Each point is a window of ${monitor.window} of labelled rows, drawn at its start. ▲ an alert, ◆ a promotion; shaded: an experiment divides the traffic.`,
  ];
  if (left > 0) parts.push(`${plural(left, 'window')} with fewer than ${plural(minimum, 'row')} left out.`);
  if (metric !== monitor.metric) parts.push(`Alerts here are about ${titleOf(monitor.metric)}.`);
  else if (level === null || summary.baseline === null)
    parts.push('There is no baseline: too few labelled rows in its interval, so no alert level.');
  else {
    parts.push(`An alert needs ${plural(monitor.consecutive, 'window')} ${below} the level in a row.`);
    if (monitor.rebase === true) parts.push('A promotion moves the baseline: the last one is drawn.');
  }
  return parts.join(' ');
}
