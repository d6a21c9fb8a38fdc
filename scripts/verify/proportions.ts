import { chiSquareSampleRatio, twoProportionZTest } from '../../src/statistics';
import { ok } from './layout';

/** A share of units in two arms, as expected files give it. */
export function shares(control: readonly [number, number], treatment: readonly [number, number]) {
  const [a, b] = [control, treatment].map(([successes, n]) => ({ successes, n }));
  const test = ok(twoProportionZTest(a!, b!));
  const wald = ok(twoProportionZTest(a!, b!, { interval: 'wald' }));
  const split = ok(chiSquareSampleRatio([control[1], treatment[1]], [0.5, 0.5]));
  return {
    control,
    treatment,
    controlRate: test.proportions[0],
    treatmentRate: test.proportions[1],
    liftPct: test.relativeLift === null ? null : 100 * test.relativeLift.value,
    zPooled: test.statistic,
    p: test.pValue,
    waldUnpooledCI95: [wald.effect.interval?.low, wald.effect.interval?.high],
    newcombeCI95: [test.effect.interval?.low, test.effect.interval?.high],
    srmChi2_5050: split.statistic,
    srmP_5050: split.pValue,
  };
}
