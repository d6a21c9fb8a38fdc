import { alert as raised } from './alerts';
import type { Arm, LedgerEntry, Look, ReplayReport } from '../../src/contracts';

/** A name that would do harm where it is not escaped. */
export const HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';

/** [rows, correct] of champion and challenger, then z, bound, difference and its interval; as a real replay gave them. */
const LOOKS: readonly (readonly [
  champion: readonly [number, number],
  challenger: readonly [number, number],
  z: number | null,
  bound: number | null,
  difference: number | null,
  interval: readonly [number, number] | null,
])[] = [
  [[84, 0], [0, 0], null, null, null, null],
  [[167, 138], [169, 143], 0.4236, 4.3326, 0.0183, [-0.0669, 0.1023]],
  [[250, 188], [253, 205], 1.5651, 3.4814, 0.0576, [-0.0147, 0.1284]],
  [[333, 241], [336, 273], 2.7584, 2.9794, 0.0892, [0.0259, 0.1513]],
  [[668, 492], [670, 562], 4.5747, 2.0661, 0.1023, [0.0586, 0.1456]],
];

function arm(name: Arm['name'], version: number, [n, successes]: readonly [number, number]): Arm {
  const known = n === 0 ? null : successes / n;
  return { name, version, n, exposed: n + 2, successes, accuracy: known, logLoss: known === null ? null : 0.4 };
}

function look([champion, challenger, z, bound, difference, interval]: (typeof LOOKS)[number], index: number): Look {
  const week = (k: number) => new Date(Date.parse('2011-12-05') + k * 604_800_000).toISOString();
  return {
    k: index + 1,
    at: week(index + 2),
    exposedTo: week(index + 1),
    status: index === 0 ? 'no-data' : 'ok',
    n: champion[0] + challenger[0],
    z,
    bound,
    pValue: z === null ? null : z > 4 ? 4.8e-6 : 0.12,
    difference,
    interval,
    sampleRatioP: 0.8784,
    arms: [arm('champion', 1, champion), arm('challenger', 2, challenger)],
    decision: index === LOOKS.length - 1 ? 'ship' : 'continue',
  };
}

/** A small replay with everything in it; `text` stands wherever text comes from outside. */
export function reportFixture(text = 'bike'): ReplayReport {
  const score = { accuracy: 0.7269, logLoss: 0.8926 };
  const at = '2011-12-05T00:00:00.000Z';
  const looks = LOOKS.map(look);
  return {
    scenario: {
      name: text,
      train: { from: '2011-05-02', to: '2011-08-01' },
      baseline: { from: '2011-08-01', to: '2011-08-29' },
      monitor: {
        metric: 'accuracy',
        window: '7d',
        baselineDrop: 0.05,
        consecutive: 2,
        minSamples: 100,
        labelMaturity: '7d',
      },
      retrain: { lookback: '63d' },
      experiment: {
        duration: '28d',
        allocation: 0.5,
        salt: 's',
        successMetric: 'accuracy',
        alpha: 0.05,
        earlyStop: true,
      },
    },
    summary: {
      scenario: text,
      baseline: 0.863,
      firedAt: '2011-12-05',
      retrainings: [
        {
          at,
          rows: 1413,
          decision: 'promoted',
          reasons: [text],
          champion: score,
          challenger: { accuracy: 0.7941, logLoss: null },
        },
      ],
      experiments: [
        {
          from: at,
          to: '2012-01-02T00:00:00.000Z',
          arms: [],
          pValue: 0.001,
          decision: 'ship',
          reasons: [text],
          looks: [],
        },
      ],
      overall: {
        frozen: { n: 11_726, accuracy: 0.787907, logLoss: 0.480778 },
        loop: { n: 11_726, accuracy: 0.847092, logLoss: 0.369285 },
      },
      predictions: 12_385,
      outcomes: 12_385,
      lost: 0,
      duplicated: 0,
      quarantined: { [text]: 2 },
      historyEvents: 2_221,
      seconds: 18.6,
    },
    level: 0.813,
    windows: Array.from({ length: 12 }, (_, week) => ({
      from: new Date(Date.parse('2011-10-03') + week * 604_800_000).toISOString(),
      n: week === 11 ? 20 : 168,
      frozen: { accuracy: 0.84 - week / 100, logLoss: week === 3 ? null : 0.5 },
      loop: { accuracy: 0.84 + (week % 3) / 50, logLoss: 0.4 },
      champion: 1,
      drift: [
        { feature: text, status: 'ok' as const, statistic: week / 12, pValue: 0.01 },
        { feature: 'gone', status: 'missing' as const, statistic: null, pValue: null },
      ],
    })),
    alerts: [
      raised({ kind: 'performance', subject: 'accuracy', metric: 'accuracy', value: 0.6726, at, summary: text }),
      raised({ subject: text, at: '2011-10-17T00:00:00.000Z' }),
    ],
    experiments: [{ id: text, champion: 1, challenger: 2, decision: 'ship', looks }],
    ledger: [
      entry(text, { token: 1, action: 'deploy', champion: 1, effectiveAt: '2011-08-01T00:00:00.000Z' }),
      entry(text, {
        token: 2,
        action: 'set-traffic',
        champion: 1,
        challenger: 2,
        split: { experiment: text, seed: 's-1', unit: 'predictionId', allocation: 0.5 },
        effectiveAt: at,
      }),
      entry(text, { token: 3, action: 'promote', champion: 2, previous: 1, effectiveAt: '2012-01-09T00:00:00.000Z' }),
    ],
  };
}

function entry(
  text: string,
  decided: Pick<LedgerEntry, 'token' | 'action' | 'champion' | 'effectiveAt'> & Partial<LedgerEntry>,
): LedgerEntry {
  return {
    model: text,
    environment: 'production',
    challenger: null,
    split: null,
    previous: null,
    reason: text,
    who: text,
    key: `key-${decided.token}`,
    recordedAt: '2026-01-01T00:00:00.000Z',
    ...decided,
  };
}

/** A replay in which nothing happened. */
export function emptyReport(): ReplayReport {
  const full = reportFixture();
  const none = { n: 0, accuracy: null, logLoss: null };
  return {
    ...full,
    summary: {
      ...full.summary,
      baseline: null,
      firedAt: null,
      retrainings: [],
      experiments: [],
      overall: { frozen: none, loop: none },
      quarantined: {},
    },
    level: null,
    windows: [],
    alerts: [],
    experiments: [],
    ledger: [],
  };
}
