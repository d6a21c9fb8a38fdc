import type { Look, ReplayReport } from '../../contracts';
import { COLOURS, timeAxes } from './chart';
import type { Chart } from './chart';

type Experiment = ReplayReport['experiments'][number];

const dated = (looks: readonly Look[], value: (look: Look) => number | null) =>
  looks.map((look) => [look.at, value(look)]);

/** The estimated difference with its interval, look by look. */
export function estimateChart({ id, looks }: Experiment, metric: string): Chart {
  const low = dated(looks, ({ interval }) => interval?.[0] ?? null);
  const width = dated(looks, ({ interval }) => (interval === null ? null : interval[1] - interval[0]));
  const band = {
    type: 'line',
    stack: 'band',
    symbol: 'none',
    lineStyle: { opacity: 0 },
    silent: true,
    color: COLOURS.loop,
  };
  return {
    height: 280,
    label: `${id}: difference of ${metric}, challenger minus champion, by look`,
    caption: `Challenger − champion in ${metric}, with its 95 % interval at each look. The interval is not corrected for looking more than once; the bound below is.`,
    option: {
      ...timeAxes('difference'),
      series: [
        { ...band, name: 'lower', data: low },
        { ...band, name: '95 % interval', data: width, areaStyle: { color: COLOURS.loop, opacity: 0.18 } },
        {
          name: 'difference',
          type: 'line',
          data: dated(looks, ({ difference }) => difference),
          color: COLOURS.loop,
          lineStyle: { width: 2.5 },
          markLine: {
            symbol: 'none',
            silent: true,
            label: { show: false },
            data: [{ yAxis: 0 }],
            lineStyle: { color: COLOURS.bound },
          },
        },
      ],
      legend: { top: 4, left: 56, data: ['difference', '95 % interval'] },
    },
  };
}

/** z against the bound that it must reach, look by look. */
export function boundaryChart({ id, looks }: Experiment): Chart {
  const bound = { type: 'line', symbol: 'none', color: COLOURS.alert, lineStyle: { type: 'dashed', width: 2 } };
  return {
    height: 280,
    label: `${id}: z and its bound by look`,
    caption:
      'z of the test against its group-sequential bound (alpha spending, O’Brien-Fleming type): high at first, so that early luck decides nothing.',
    option: {
      ...timeAxes('z'),
      series: [
        { name: 'z', type: 'line', data: dated(looks, ({ z }) => z), color: COLOURS.loop, lineStyle: { width: 2.5 } },
        { ...bound, name: 'bound', data: dated(looks, ({ bound: value }) => value) },
        { ...bound, name: 'lower bound', data: dated(looks, ({ bound: value }) => (value === null ? null : -value)) },
      ],
      legend: { top: 4, left: 56, data: ['z', 'bound'] },
    },
  };
}
