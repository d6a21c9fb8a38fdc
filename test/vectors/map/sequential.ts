import * as statistics from '../../../src/statistics';
import type { Spending } from '../../../src/statistics';
import { gbRefusal, gbSums } from './growthbook';
import { ok } from './mapper';
import type { Mappers } from './mapper';

const SPENDING: Readonly<Record<string, Spending>> = {
  lanDeMetsOBF: 'obrien-fleming',
  lanDeMetsOBFTotalAlpha: 'obrien-fleming-total',
  lanDeMetsPocock: 'pocock',
};

const DESIGN: Readonly<Record<string, 'pocock' | 'obrien-fleming'>> = {
  obrienFleming: 'obrien-fleming',
  pocock: 'pocock',
};

function word<Word>(words: Readonly<Record<string, Word>>, name: string): Word {
  const found = words[name];
  if (found === undefined) throw new Error(`unknown word: ${name}`);
  return found;
}

/** The mSPRT's arguments; the interval asked for is at .95. */
const mixture = (args: any) => ({ mixingVariance: args.tau2, alpha: 0.05 });

const estimate = (look: any) => ({ difference: look.diff, variance: look.variance });

export const sequential: Mappers = {
  groupSequentialBounds: (input, args) => {
    const { looks } = input;
    const { alpha = 0.05, sides = 2 } = args;
    const found = statistics.groupSequentialBounds({ looks, design: word(DESIGN, args.design), alpha, sides });
    return { constant: found.constant, zBounds: found.bounds, nominalP: found.nominalP };
  },
  alphaSpendingBounds: (input, args) => {
    const { alpha = 0.05, sides = 2 } = args;
    const looks = input.informationFractions.map((fraction: number) => ({ fraction, information: fraction }));
    const found = statistics.spendingBounds({ alpha, sides, spending: word(SPENDING, args.spending), looks }).map(ok);
    return {
      cumulativeAlpha: found.map(({ spent }) => spent),
      zBounds: found.map(({ bound }) => bound),
      nominalP: found.map(({ nominalP }) => nominalP),
    };
  },
  msprt: (input, args) => {
    const found = ok(statistics.mixtureRatioTest(estimate(input), mixture(args)));
    const { low, high } = found.effect.interval!;
    return { logLambda: found.statistic, alwaysValidP: found.pValue, ciHalfWidth95: (high! - low!) / 2 };
  },
  msprtPath: (input, args) => {
    const found = statistics.mixtureRatioPath(input.looks.map(estimate), mixture(args)).map(ok);
    return { alwaysValidP: found.map(({ pValue }) => pValue), logLambda: found.map(({ statistic }) => statistic) };
  },
  gbSequential: (input, args) => {
    const [control, treatment] = [gbSums(input.control), gbSums(input.treatment)];
    const refused = gbRefusal(control, treatment, true);
    if (refused !== null) return { ...refused, p: 1 };
    const found = ok(
      statistics.alwaysValidCompare(control, treatment, {
        difference: args.differenceType ?? 'relative',
        alpha: args.alpha ?? 0.05,
        tuning: args.tuningParameter ?? 5_000,
        // GrowthBook answers from the first rows on.
        minimumPerArm: 2,
      }),
    );
    const { value, interval } = found.effect;
    return {
      expected: value,
      ci: [interval!.low, interval!.high],
      error: null,
      upliftStd: found.standardError,
      p: found.pValue,
    };
  },
};
