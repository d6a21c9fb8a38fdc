import {
  beta,
  chiSquare,
  kolmogorov,
  kolmogorovSmirnovSurvival,
  normal,
  normalQuantile,
  studentT,
  twoSidedNormal,
} from '../../../src/statistics';
import type { Mappers } from './mapper';

/** Distributions: what scipy calls `sf`, `cdf` and `ppf`. */
export const distributions: Mappers = {
  normal: ({ z }) => {
    const law = normal();
    return { cdf: law.cdf(z), sf: law.survival(z), pTwoSided: twoSidedNormal(z).pValue, pdf: law.density(z) };
  },
  normalPpf: ({ p }) => ({ z: normalQuantile(p) }),
  studentT: ({ t, df }) => {
    const law = studentT(df);
    return { cdf: law.cdf(t), sf: law.survival(t), pTwoSided: 2 * law.survival(Math.abs(t)), pdf: law.density(t) };
  },
  studentTPpf: ({ p, df }) => ({ t: studentT(df).quantile(p) }),
  chi2: ({ x, df }) => ({ cdf: chiSquare(df).cdf(x), sf: chiSquare(df).survival(x), pdf: chiSquare(df).density(x) }),
  betaInc: ({ x, a, b }) => ({ cdf: beta(a, b).cdf(x), sf: beta(a, b).survival(x) }),
  kstwoSf: ({ d, n }) => ({ sf: kolmogorovSmirnovSurvival(n, d) }),
  kolmogorovSf: ({ x }) => ({ sf: kolmogorov().survival(x), cdf: kolmogorov().cdf(x) }),
};
