import type { ReplayReport } from '../../contracts';
import type { Chart } from './chart';

/** The Kolmogorov-Smirnov distance of each feature in each window. */
export function driftChart(report: ReplayReport): Chart | null {
  const windows = report.windows.filter(({ drift }) => drift.length > 0);
  const features = [...new Set(windows.flatMap(({ drift }) => drift.map(({ feature }) => feature)))].sort().reverse();
  if (features.length === 0) return null;
  const cells = windows.flatMap(({ drift }, column) =>
    drift.flatMap(({ feature, statistic }) =>
      statistic === null ? [] : [[column, features.indexOf(feature), Math.round(statistic * 1_000) / 1_000]],
    ),
  );
  return {
    height: 110 + 26 * features.length,
    label: 'Distance of each feature from the training data, by window',
    caption:
      'Colour: D, the largest distance between the distribution of a feature in the window and in the training data (Kolmogorov-Smirnov), 0 to 1. A season that training did not see shows as drift without any fault in the data.',
    option: {
      grid: { left: 110, right: 24, top: 16, bottom: 84 },
      xAxis: { type: 'category', data: windows.map(({ from }) => from.slice(0, 10)), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'category', data: features },
      visualMap: {
        min: 0,
        max: 1,
        calculable: false,
        orient: 'horizontal',
        left: 110,
        bottom: 6,
        text: ['D = 1', '0'],
        inRange: { color: ['#f4f7fa', '#9ecae1', '#3182bd', '#08306b'] },
      },
      series: [{ type: 'heatmap', data: cells, itemStyle: { borderColor: '#fff', borderWidth: 1 } }],
    },
  };
}
