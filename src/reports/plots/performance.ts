import type { ReplayReport, ReplayWindow } from '../../contracts';
import { COLOURS, timeAxes } from './chart';
import type { Chart } from './chart';

/** Weekly performance of the frozen and the looped model, with what happened marked. */
export function performanceChart(report: ReplayReport, metric: 'accuracy' | 'logLoss'): Chart {
  const name = metric === 'accuracy' ? 'accuracy' : 'log loss';
  const promoted = report.ledger.filter(({ action }) => action === 'promote');
  const shaded = report.summary.experiments.map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]);
  const level = metric === report.scenario.monitor.metric ? report.level : null;
  // A window with a handful of rows is noise that would set the scale.
  const shown = report.windows.filter(({ n }) => n >= 50);
  const line = (side: 'frozen' | 'loop') => shown.map((window: ReplayWindow) => [window.from, window[side][metric]]);
  return {
    height: 380,
    label: `Weekly ${name} of the frozen and the looped model`,
    caption: `Each point is a window of served rows. Shaded: an experiment divides the traffic. ▲ an alert, ◆ a promotion. Windows with fewer than 50 rows are left out.`,
    option: {
      ...timeAxes(name),
      series: [
        {
          name: 'frozen model',
          type: 'line',
          data: line('frozen'),
          symbol: 'none',
          color: COLOURS.frozen,
          lineStyle: { width: 2 },
        },
        {
          name: 'as served by the loop',
          type: 'line',
          data: line('loop'),
          symbol: 'none',
          color: COLOURS.loop,
          lineStyle: { width: 2.5 },
          markArea: { silent: true, itemStyle: { color: 'rgba(0,114,178,.08)' }, data: shaded },
          ...(level === null
            ? {}
            : {
                markLine: {
                  symbol: 'none',
                  data: [{ yAxis: level }],
                  lineStyle: { color: COLOURS.alert, type: 'dashed' },
                  label: { formatter: 'alert level', position: 'insideStartTop' },
                },
              }),
        },
        {
          name: 'alert',
          type: 'scatter',
          symbol: 'triangle',
          symbolSize: 13,
          color: COLOURS.alert,
          data: report.alerts.map(({ at }) => [at, near(shown, at, metric)]),
        },
        {
          name: 'promotion',
          type: 'scatter',
          symbol: 'diamond',
          symbolSize: 14,
          color: COLOURS.good,
          data: promoted.map(({ effectiveAt }) => [effectiveAt, near(shown, effectiveAt, metric)]),
        },
      ],
    },
  };
}

/** The value of the window in which an event falls, so that its mark sits on the line. */
function near(windows: readonly ReplayWindow[], at: string, metric: 'accuracy' | 'logLoss'): number | null {
  return windows.findLast(({ from }) => from <= at)?.loop[metric] ?? null;
}
