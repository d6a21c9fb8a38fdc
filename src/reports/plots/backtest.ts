import type { BacktestOutcome, BacktestResult, BacktestTruth, BacktestWindow } from '../../contracts';
import { day, decimals, plural, signed } from '../format';
import { categoryAxis, flat, legend, SIGNS, timeAxis, valueAxis } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

type Option = Record<string, unknown>;
type Point = readonly [at: string, value: number];

/** Policies by colour, then by line; beyond that they repeat. */
const LINES = ['loop', 'alert', 'good', 'ink', 'drift2', 'shade'] as const;
const DASHES = ['solid', 'dashed', 'dotted'] as const;

const look = (index: number) => ({
  color: COLOURS[LINES[index % LINES.length]!],
  dash: DASHES[Math.floor(index / LINES.length) % DASHES.length]!,
});

/** Accuracy over all rows served since the baseline, window by window; null where nothing was served. */
export function accuracyChart({ policies }: BacktestResult): Chart | null {
  const curves = policies.map((outcome) => accumulated(outcome, ({ n, correct }) => [correct, n]));
  const frozen =
    policies[0]!.frozen === null ? [] : accumulated(policies[0]!, ({ n, frozenCorrect }) => [frozenCorrect!, n]);
  const ends = endsOf([...curves, frozen]);
  if (ends === null) return null;
  const ranked = [...policies].sort((a, b) => (b.served.accuracy ?? 0) - (a.served.accuracy ?? 0));
  return {
    key: 'backtest-accuracy',
    height: 400,
    label: `Accuracy served since the baseline by policy; at the end ${ranked.map(({ policy, served }) => `${flat(policy)} ${decimals(served.accuracy)}`).join(', ')}`,
    caption: [
      'Share of right answers among all that were served since the baseline, window by window: the last point is what the table shows.',
      truthOf(policies).length === 0 ? '' : ' Shaded: declared by the policies as truly wrong.',
    ].join(''),
    option: planOf(
      ends,
      'accuracy since the baseline',
      [
        ...(frozen.length === 0 ? [] : [line('frozen model', frozen, COLOURS.frozen, 'solid')]),
        ...curves.map((curve, index) => line(policies[index]!.policy, curve, look(index).color, look(index).dash)),
      ],
      truthOf(policies),
    ),
  };
}

/** Right answers beyond the frozen model's, added up; null where no model is frozen. */
export function gainChart({ policies }: BacktestResult): Chart | null {
  const measured = policies.flatMap((outcome, index) => (outcome.frozen === null ? [] : [{ outcome, index }]));
  const curves = measured.map(({ outcome }) => gained(outcome));
  const ends = endsOf(curves);
  if (ends === null) return null;
  return {
    key: 'backtest-gain',
    height: 360,
    label: `Right answers beyond the frozen model, added up; at the end ${measured.map(({ outcome }, index) => `${flat(outcome.policy)} ${signed(curves[index]!.at(-1)![1], 0)}`).join(', ')}`,
    caption:
      'Right answers that a policy served beyond those of the first model left alone, added up. The longer a gate stays open, the longer the line stays flat; a bend upwards is a better model that begins to serve.',
    option: planOf(
      ends,
      'right answers beyond frozen',
      measured.map(({ outcome, index }, k) => line(outcome.policy, curves[k]!, look(index).color, look(index).dash)),
      truthOf(policies),
    ),
  };
}

/** When each policy alarmed, how long its gates were open and when a better model served. */
export function timelineChart({ policies }: BacktestResult): Chart | null {
  const windows = policies.flatMap((outcome) => outcome.windows);
  const first = windows.map(({ from }) => from).sort()[0];
  if (first === undefined) return null;
  const moments = policies.flatMap(({ alerts, retrainings }) => [
    ...alerts.map(({ at }) => at),
    ...retrainings.map(({ closedAt }) => closedAt),
  ]);
  const last = [...windows.map(({ from }) => from), ...moments].sort().at(-1)!;
  const row = (index: number) => policies.length - 1 - index;
  const alarms = (wanted: (verdict: string) => boolean) =>
    policies.flatMap(({ alerts }, index) =>
      alerts.filter(({ verdict }) => wanted(verdict)).map(({ at }) => [at, row(index)]),
    );
  const gates = policies.flatMap(({ retrainings }, index) =>
    retrainings.filter(({ closedAt, at }) => closedAt > at).map(({ at, closedAt }) => [at, closedAt, row(index)]),
  );
  const promotions = policies.flatMap(({ promotions: all }, index) => all.map(({ at }) => [at, row(index)]));
  const scatter = (name: string, color: string, symbol: string, data: unknown[], offset: number): Option => ({
    ...{ name, type: 'scatter', color, symbol, symbolSize: 13, symbolOffset: [0, offset], silent: true, data, z: 5 },
  });
  const series: Option[] = [
    scatter(
      'alert',
      COLOURS.alert,
      'triangle',
      alarms((verdict) => verdict !== 'false'),
      9,
    ),
    scatter(
      'false alarm',
      COLOURS.soft,
      'triangle',
      alarms((verdict) => verdict === 'false'),
      9,
    ),
    scatter('promotion', COLOURS.good, 'diamond', promotions, -9),
    {
      name: 'gate open',
      type: 'custom',
      color: COLOURS.loop,
      silent: true,
      data: gates,
      encode: { x: [0, 1], y: 2 },
      renderItem: bar,
    },
  ];
  const icons = { triangle: SIGNS.triangle, diamond: SIGNS.diamond } as const;
  const shown = series.filter(({ data }) => (data as unknown[]).length > 0);
  return {
    key: 'backtest-timeline',
    height: 92 + 44 * policies.length,
    label: policies.map(describe).join('; '),
    caption: '▲ an alert that asked for a response, ◆ a promotion; the bar between: a gate is open.',
    option: {
      grid: { left: 164, right: 16, top: 40, bottom: 30 },
      legend: legend(
        shown.map(({ name, symbol }) => ({
          name,
          icon: symbol === undefined ? 'rect' : icons[symbol as keyof typeof icons],
        })),
        156,
      ),
      xAxis: timeAxis(first, last),
      yAxis: categoryAxis(
        [...policies].reverse().map(({ policy }) => policy),
        undefined,
        140,
      ),
      series: [...shown, ...shades(truthOf(policies))],
    },
  };
}

function describe({ policy, alerts, promotions }: BacktestOutcome): string {
  const when = promotions.length === 0 ? '' : ` on ${promotions.map(({ at }) => day(at)).join(', ')}`;
  return `${flat(policy)}: ${plural(alerts.length, 'alert')}, ${plural(promotions.length, 'promotion')}${when}`;
}

interface Plane {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** A span of time as a bar on the row of its policy. */
function bar(_: unknown, plane: Plane): Option {
  const [x1, y] = plane.coord([plane.value(0), plane.value(2)]);
  const [x2] = plane.coord([plane.value(1), plane.value(2)]);
  const style = { fill: COLOURS.loop, opacity: 0.55 };
  return { type: 'rect', shape: { x: x1, y: y - 3, width: Math.max(1, x2 - x1), height: 6 }, style };
}

function accumulated(outcome: BacktestOutcome, of: (window: BacktestWindow) => readonly [number, number]): Point[] {
  let [right, all] = [0, 0];
  return judged(outcome).flatMap((window): Point[] => {
    const [correct, n] = of(window);
    right += correct;
    all += n;
    return all === 0 ? [] : [[window.from, right / all]];
  });
}

function gained(outcome: BacktestOutcome): Point[] {
  let sum = 0;
  return judged(outcome).map(({ from, correct, frozenCorrect }) => {
    sum += correct - (frozenCorrect ?? 0);
    return [from, sum];
  });
}

/** Windows after the baseline. */
function judged({ windows, judgedFrom }: BacktestOutcome): readonly BacktestWindow[] {
  return windows.filter(({ from }) => from >= judgedFrom);
}

function endsOf(curves: readonly (readonly Point[])[]): readonly [string, string] | null {
  const moments = curves.flatMap((curve) => curve.map(([at]) => at)).sort();
  return moments.length === 0 ? null : [moments[0]!, moments.at(-1)!];
}

function truthOf(policies: readonly BacktestOutcome[]): readonly BacktestTruth[] {
  const known = new Map(policies.flatMap(({ truth }) => truth).map((each) => [`${each.from}/${each.to}`, each]));
  return [...known.values()];
}

function planOf(
  ends: readonly [string, string],
  axis: string,
  series: readonly Option[],
  truth: readonly BacktestTruth[],
): Option {
  return {
    grid: { left: 64, right: 16, top: 64, bottom: 30 },
    legend: legend(series.map(({ name }) => ({ name, itemStyle: { opacity: 0 } }))),
    xAxis: timeAxis(...ends),
    yAxis: valueAxis(axis),
    series: [...series, ...shades(truth)],
  };
}

function line(name: string, data: readonly Point[], color: string, type: string): Option {
  const lineStyle = { width: 2.25, type };
  return { name: flat(name), type: 'line', data, color, symbol: 'none', silent: true, lineStyle };
}

/** What was declared as truly wrong, behind everything. */
function shades(truth: readonly BacktestTruth[]): Option[] {
  if (truth.length === 0) return [];
  const data = truth.map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]);
  return [
    { type: 'line', data: [], markArea: { silent: true, itemStyle: { color: COLOURS.shade, opacity: 0.12 }, data } },
  ];
}
