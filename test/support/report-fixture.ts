import type { Arm, Look, ReplayReport } from '../../src/contracts';

/** A name that would do harm where it is not escaped. */
export const HOSTILE = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';

function arm(name: Arm['name'], version: number, n: number, successes: number): Arm {
  return { name, version, n, exposed: n + 2, successes, accuracy: successes / n, logLoss: 0.4 };
}

function look(k: number): Look {
  const n = 160 * k;
  return {
    k,
    at: `2012-01-${String(k + 1).padStart(2, '0')}T00:00:00.000Z`,
    exposedTo: `2011-12-${String(k + 10).padStart(2, '0')}T00:00:00.000Z`,
    status: k === 1 ? 'below-minimum' : 'ok',
    n,
    z: k === 1 ? null : k,
    bound: k === 1 ? null : 5 - k * 0.5,
    pValue: k === 1 ? null : 0.01,
    difference: k === 1 ? null : 0.1,
    interval: k === 1 ? null : [0.02, 0.18],
    sampleRatioP: 0.9,
    arms: [arm('champion', 1, n / 2, n / 4), arm('challenger', 2, n / 2, n / 3)],
    decision: k === 4 ? 'ship' : 'continue',
  };
}

/** A small replay with everything in it; `text` stands wherever text comes from outside. */
export function reportFixture(text = 'bike'): ReplayReport {
  const score = { accuracy: 0.8, logLoss: 0.45 };
  const at = '2011-12-05T00:00:00.000Z';
  const looks = [1, 2, 3, 4].map(look);
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
          challenger: { accuracy: 0.9, logLoss: null },
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
      overall: { frozen: { n: 300, ...score }, loop: { n: 300, accuracy: 0.85, logLoss: 0.4 } },
      predictions: 300,
      outcomes: 300,
      lost: 0,
      duplicated: 0,
      quarantined: {},
      historyEvents: 10,
      seconds: 1,
    },
    level: 0.813,
    windows: Array.from({ length: 12 }, (_, week) => ({
      from: new Date(Date.parse('2011-10-03') + week * 604_800_000).toISOString(),
      n: week === 11 ? 20 : 168,
      frozen: { accuracy: 0.8 - week / 100, logLoss: 0.5 },
      loop: { accuracy: 0.84, logLoss: 0.4 },
      champion: 1,
      drift: [
        { feature: text, status: 'ok' as const, statistic: week / 20, pValue: 0.01 },
        { feature: 'gone', status: 'missing' as const, statistic: null, pValue: null },
      ],
    })),
    alerts: [{ at, metric: 'accuracy', value: 0.67 }],
    experiments: [{ id: text, champion: 1, challenger: 2, decision: 'ship', looks }],
    ledger: [
      {
        model: text,
        environment: 'production',
        token: 1,
        champion: 2,
        challenger: null,
        split: null,
        previous: 1,
        effectiveAt: '2012-01-09T00:00:00.000Z',
        action: 'promote',
        reason: text,
        who: text,
        key: 'k',
        recordedAt: at,
      },
    ],
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
    },
    level: null,
    windows: [],
    alerts: [],
    experiments: [],
    ledger: [],
  };
}
