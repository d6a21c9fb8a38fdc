import type { FeatureDrift, ReplayReport } from '../../contracts';
import { day, plural } from '../format';
import { categoryAxis, flat } from './axes';
import { COLOURS } from './chart';
import type { Chart } from './chart';

/** More rows than these do not help a reader; the ones that drifted most are kept. */
const MOST_FEATURES = 40;

const STEPS = [0.1, 0.2, 0.3, 0.5, 1] as const;
const SHADES = [COLOURS.drift0, COLOURS.drift1, COLOURS.drift2, COLOURS.drift3, COLOURS.drift4] as const;

const WHY: Readonly<Record<Exclude<FeatureDrift['status'], 'ok'>, string>> = {
  empty: 'no values',
  new: 'not in the training data',
  missing: 'not in the served rows',
};

/** How far each feature, the prediction and its score moved in each window; null when nothing was compared. */
export function driftChart({ windows }: ReplayReport): Chart | null {
  const all = windows.flatMap(({ drift }) => drift);
  const peaks = peaksOf(all);
  if (peaks.size === 0) return null;
  const byPeak = [...peaks].sort(([a, x], [b, y]) => y - x || compare(a, b));
  // Row 0 of a category axis is at the foot.
  const shown = byPeak
    .slice(0, MOST_FEATURES)
    .map(([feature]) => feature)
    .sort(compare)
    .reverse();
  const row = new Map(shown.map((feature, index) => [feature, index]));
  const cells = windows.flatMap(({ drift }, column) =>
    drift.flatMap((found) => {
      const distance = distanceOf(found);
      return distance === null || !row.has(found.feature)
        ? []
        : [[column, row.get(found.feature), Math.round(distance * 1_000) / 1_000]];
    }),
  );
  const [top, peak] = byPeak[0]!;
  return {
    key: 'drift',
    height: 96 + 24 * shown.length,
    label: `Distance of each feature from the training data by window; largest for ${flat(top)}: ${peak.toFixed(2)}`,
    caption: captionOf(all, peaks.size),
    option: {
      grid: { left: 124, right: 16, top: 36, bottom: 34 },
      xAxis: categoryAxis(windows.map(({ from }) => day(from))),
      yAxis: categoryAxis(shown, undefined, 92),
      visualMap: {
        type: 'piecewise',
        orient: 'horizontal',
        left: 118,
        top: 0,
        itemGap: 18,
        itemSymbol: 'rect',
        selectedMode: false,
        textStyle: { color: COLOURS.ink, fontSize: 13 },
        pieces: STEPS.map((to, index) => {
          const from = STEPS[index - 1] ?? 0;
          const ends = index === STEPS.length - 1 ? { gte: from, lte: to } : { gte: from, lt: to };
          return { ...ends, label: `${from}–${to}`, color: SHADES[index] };
        }),
      },
      series: [
        { type: 'heatmap', silent: true, data: cells, itemStyle: { borderColor: COLOURS.paper, borderWidth: 1 } },
      ],
    },
  };
}

/** The effect, of which every method has one in the same range; the first release recorded D as the statistic. */
function distanceOf({ effect, statistic }: FeatureDrift): number | null {
  return effect ?? statistic;
}

/** The largest distance of each feature; 0 where none was computed. */
function peaksOf(all: readonly FeatureDrift[]): Map<string, number> {
  const peaks = new Map<string, number>();
  for (const found of all) peaks.set(found.feature, Math.max(peaks.get(found.feature) ?? 0, distanceOf(found) ?? 0));
  return peaks;
}

function captionOf(all: readonly FeatureDrift[], features: number): string {
  const gaps = new Map<string, number>();
  for (const { feature, status } of all) {
    if (status === 'ok') continue;
    const gap = `${flat(feature)} (${WHY[status] ?? status})`;
    gaps.set(gap, (gaps.get(gap) ?? 0) + 1);
  }
  const named = [...gaps].sort(([a], [b]) => compare(a, b)).map(([gap, n]) => `${gap} in ${plural(n, 'window')}`);
  return [
    'How far the distribution in the window is from that in the training data: D of Kolmogorov-Smirnov for numbers, Cramér V for categories and for numbers of few values. 0 is the same distribution, 1 is no overlap.',
    'Drift is no fault by itself: a season that training did not see shows as drift too.',
    'Blank: not compared.',
    named.length === 0
      ? ''
      : `Could not be compared: ${named.slice(0, 12).join('; ')}${named.length > 12 ? '; and more' : ''}.`,
    features > MOST_FEATURES ? `Shown are the ${MOST_FEATURES} of ${features} features that drifted most.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** By code unit: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
