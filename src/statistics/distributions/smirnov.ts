import { logBinomial } from './log-gamma';

/** Up to here the sum is taken term by term; beyond, every so-many-th term stands for its neighbours. */
const TERMS = 200;
/** Terms so far below the largest are nothing. */
const NOTHING = -45;
/** With so many terms that are something the bell is resolved. */
const ENOUGH = 25;

/**
 * ln P(D⁺ ≥ d) of the one-sided Kolmogorov-Smirnov statistic of n values against a known law: the sum of Birnbaum
 * and Tingey over j of d C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j). Its terms are a smooth bell in j, so for a
 * large n the trapezoidal rule over 200 of them gives the same digits (Euler-Maclaurin: nothing at the ends); a bell
 * that is narrower than that is looked at more closely.
 * @param d such that √n·d is above 1.9, or n at most 200
 * @see Birnbaum, Tingey (1951)
 */
export function smirnovLogSurvival(n: number, d: number): number {
  if (d <= 0) return 0;
  if (d >= 1) return -Infinity;
  const last = n * (1 - d);
  const logs = new Float64Array(TERMS + 1);
  let [from, to] = [0, last];
  for (;;) {
    const stride = Math.max(1, (to - from) / TERMS);
    const count = Math.min(TERMS, Math.floor((to - from) / stride)) + 1;
    let best = 0;
    for (let term = 0; term < count; term += 1) {
      logs[term] = logTerm(n, d, last, from + term * stride);
      if (logs[term]! > logs[best]!) best = term;
    }
    let [sum, something] = [0, 0];
    for (let term = 0; term < count; term += 1) {
      const below = logs[term]! - logs[best]!;
      if (below > NOTHING) something += 1;
      sum += Math.exp(below);
    }
    if (stride === 1 || something >= ENOUGH) return Math.min(0, Math.log(d * stride * sum) + logs[best]!);
    // Whole steps, or terms that are taken one by one would not be those of the sum.
    const centre = from + best * stride;
    [from, to] = [Math.max(0, Math.floor(centre - 4 * stride)), Math.min(last, Math.ceil(centre + 4 * stride))];
  }
}

function logTerm(n: number, d: number, last: number, j: number): number {
  const [p, q] = [d + j / n, (last - j) / n];
  return q > 0 ? logBinomial(j, n, p, q) - Math.log(p) : -Infinity;
}
