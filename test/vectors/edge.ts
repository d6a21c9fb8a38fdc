import assert from 'node:assert/strict';
import {
  adjustPValues,
  areaUnderRoc,
  chiSquareContingency,
  compareArms,
  logLoss,
  meanOf,
  populationStabilityIndex,
  sampleSizeTwoProportions,
  twoProportionZTest,
  twoSampleKolmogorovSmirnov,
} from '../../src/statistics';

/** What must hold where other libraries answer NaN or throw, by the name of the case. */
export const edge: Readonly<Record<string, (input: any) => void>> = {
  'ks empty x': ({ x, y }) => {
    assert.equal(twoSampleKolmogorovSmirnov(x, y).status, 'insufficient-data');
  },
  'welch both arms constant and equal': ({ x, y }) => {
    const result = compareArms(meanOf(x), meanOf(y));
    assert.equal(result.status, 'no-variation');
    assert.ok(!('significant' in result));
  },
  'welch n=1': ({ x, y }) => {
    assert.equal(compareArms(meanOf(x), meanOf(y)).status, 'insufficient-data');
  },
  'z test both 0 successes': ({ x, y }) => {
    const arm = ([successes, n]: [number, number]) => ({ n, successes });
    assert.equal(twoProportionZTest(arm(x), arm(y)).status, 'no-variation');
  },
  'chi2 all zero row': ({ table }) => {
    assert.equal(chiSquareContingency(table).status, 'insufficient-data');
  },
  'auc one class': ({ labels, scores }) => {
    assert.equal(areaUnderRoc(labels, scores).status, 'one-class');
  },
  'psi current empty': ({ reference, current }) => {
    assert.equal(populationStabilityIndex(reference, current).status, 'insufficient-data');
  },
  'sample size mde 0': ({ baseline, mdeAbsolute }) => {
    assert.throws(
      () => sampleSizeTwoProportions({ baseline, minimumDetectableEffect: mdeAbsolute }),
      /RangeError: minimumDetectableEffect is 0/,
    );
  },
  'bh empty list': ({ p }) => {
    assert.deepEqual(adjustPValues(p, 'benjamini-hochberg').adjusted, []);
  },
  'logloss p=0 for positive': ({ labels, scores }) => {
    const result = logLoss(labels, scores);
    assert.ok(result.status === 'ok' && Math.abs(result.value - 36.04365338911715) < 1e-12);
  },
};
