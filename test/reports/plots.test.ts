import type * as Reports from '../../src/reports';
import { figure } from '../../src/reports/plots/chart';
import { driftChart } from '../../src/reports/plots/drift';
import { boundaryChart, estimateChart } from '../../src/reports/plots/experiment';
import { performanceChart } from '../../src/reports/plots/performance';
import { HOSTILE, reportFixture } from '../support/report-fixture';

const report = reportFixture();

/** What these tests look at in a series of echarts. */
interface Series {
  readonly name: string;
  readonly data: (number | null)[][];
  readonly markArea: { readonly data: unknown };
  readonly markLine: { readonly data: unknown };
  readonly renderItem: (_: null, plane: unknown) => { readonly children: readonly { readonly shape: unknown }[] };
}

const seriesOf = (chart: { option: Readonly<Record<string, unknown>> } | null) => chart!.option.series as Series[];
const named = (chart: Parameters<typeof seriesOf>[0], name: string) =>
  seriesOf(chart).find((series) => series.name === name)!;

test('performance: a window with too few rows is a gap, events and levels are there', () => {
  const chart = performanceChart(report, 'accuracy');
  expect(named(chart, 'served by the loop').data.at(-1)).toEqual([report.windows.at(-1)!.from, null]);
  expect(named(chart, 'served by the loop').markArea.data).toHaveLength(1);
  expect(named(chart, 'alert').markLine.data).toEqual([{ xAxis: '2011-12-05T00:00:00.000Z' }]);
  expect(named(chart, 'promotion').markLine.data).toEqual([{ xAxis: '2012-01-09T00:00:00.000Z' }]);
  expect(named(chart, 'alert level 0.813').data[0]![1]).toBe(0.813);
  expect(named(chart, 'baseline 0.863').data[0]![1]).toBe(0.863);
});

test('performance: the other metric has no level, and the caption says what alerts are about', () => {
  const chart = performanceChart(report, 'logLoss')!;
  expect(seriesOf(chart).map(({ name }) => name)).not.toContain('alert level 0.813');
  expect(chart.caption).toContain('Alerts here are about accuracy.');
});

test('performance: where lower is better, the words turn round', () => {
  const scenario = { ...report.scenario, monitor: { ...report.scenario.monitor, metric: 'logLoss' as const } };
  expect(performanceChart({ ...report, scenario }, 'logLoss')!.caption).toContain('2 windows above the level');
});

test('drift: a feature that could not be compared is named with its reason', () => {
  const chart = driftChart(report)!;
  expect(seriesOf(chart)[0]!.data).toHaveLength(12);
  expect(chart.caption).toContain('Could not be compared: gone (not in the served rows) in 12 windows.');
});

test('drift: of many features those that drifted most are shown', () => {
  const drift = Array.from({ length: 200 }, (_, index) => ({
    feature: `f${index}`,
    status: 'ok' as const,
    statistic: index / 200,
    pValue: 0.5,
  }));
  const chart = driftChart({ ...report, windows: [{ ...report.windows[0]!, drift }] })!;
  const shown = (chart.option.yAxis as { data: string[] }).data;
  expect(shown).toHaveLength(40);
  expect(shown).toContain('f199');
  expect(chart.caption).toContain('Shown are the 40 of 200 features that drifted most.');
});

test('experiment: an interval that spans zero is drawn from its lower to its upper end', () => {
  const [experiment] = report.experiments;
  const series = named(estimateChart(experiment!, 1, 'accuracy'), '95 % interval');
  const row = series.data[0]!;
  expect(row).toEqual([1, -0.0669, 0.1023]);
  const plane = { value: (dimension: number) => row[dimension], coord: (point: readonly number[]) => point };
  expect(series.renderItem(null, plane).children[0]!.shape).toEqual({ x1: 1, y1: -0.0669, x2: 1, y2: 0.1023 });
});

test('experiment: the bound stands on both sides, and a look without one is named', () => {
  const chart = boundaryChart(report.experiments[0]!, 1);
  expect(named(chart, 'bound').data).toEqual([null, 4.3326, 3.4814, 2.9794, 2.0661]);
  expect(named(chart, 'lower bound').data).toEqual([null, -4.3326, -3.4814, -2.9794, -2.0661]);
  expect(chart.caption).toContain('no bound, at look 1.');
});

test('a figure is an image with a label, its colours follow the theme and it styles nothing else', async () => {
  const { text } = await figure(performanceChart(report, 'accuracy')!);
  expect(text).toMatch(/<svg role="img" aria-label="accuracy by window, 2011-10-03 to /);
  expect(text).toContain('stroke="var(--loop, #0072b2)"');
  expect(text).not.toMatch(/<style|ecmeta| class="zr/);
});

test.each([
  ['markup', HOSTILE],
  ['an id of a plot', '" id="zr0-c0" class="x" fill="#0072b2"'],
  ['line breaks', 'a\n\u2028b\u0000'],
  ['patterns of replace', "$& $` $' $1"],
  ['a pattern of echarts', '{value} {a|b} -'],
])('a feature named by %s is text', async (_, name) => {
  const windows = report.windows.map((window) => ({
    ...window,
    drift: window.drift.map((drift) => ({ ...drift, feature: name })),
  }));
  const { text } = await figure(driftChart({ ...report, windows })!);
  expect(text).not.toMatch(/<img|<script| id="zr0| class="x"|\u0000/);
  expect(text.match(/<svg /g)).toHaveLength(1);
  expect(text.match(/aria-label="[^"]*" width="1060"/g)).toHaveLength(1);
});

test('without echarts the error names what to install', async () => {
  jest.doMock('echarts', () => {
    throw Object.assign(new Error('no echarts'), { code: 'MODULE_NOT_FOUND' });
  });
  jest.resetModules();
  const fresh = jest.requireActual<typeof Reports>('../../src/reports');
  await expect(fresh.renderReplayReport(report)).rejects.toThrow('npm install echarts');
  jest.dontMock('echarts');
});
