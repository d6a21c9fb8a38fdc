import { failureTypes } from '../../src/contracts';
import type { DesignRecord } from '../../src/contracts';
import type { ExperimentDesignInput } from '../../src/schemas';
import { designInput } from '../support/design-input';
import { sendTraffic } from '../support/design-traffic';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

const DAY = 24;
const person = { who: 'ann', reason: 'because' };
const three = ['control', 'a', 'b'].map((name, index) => ({ name, weight: [0.4, 0.3, 0.3][index]! }));

let loop: TestLoop;
let counter = 0;
/** Analyses that never come back, and how one fails for good. */
let stuck: ((signal: AbortSignal) => Promise<never>) | null = null;
let broken: string | null = null;
beforeAll(async () => {
  loop = await startTestLoop({
    interceptActivities: ({ info, cancellationSignal }) => ({
      inbound: {
        execute: async (input, next) => {
          if (info.activityType !== 'loopwright.analyseDesign') return next(input);
          if (stuck !== null) return stuck(cancellationSignal);
          if (broken !== null) throw refusal(broken);
          return next(input);
        },
      },
    }),
  });
});
afterAll(() => loop.close());
afterEach(() => {
  stuck = null;
  broken = null;
});

const { experiments } = { get experiments() { return loop.client.experiments; } };
