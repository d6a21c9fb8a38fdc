/**
 * Pelz and Good's series for the one-sample Kolmogorov-Smirnov statistic, and what it leaves out.
 *
 * The series stops at n^−3/2, so that scipy's p-values are off by up to 2e-5 for n just above 140. The terms in n^−2
 * and n^−5/2 below were fitted to exact values (Durbin's recursion with 64 bits of mantissa, n from 500 to 4200, √n·d
 * from .2 to 1.95) as Chebyshev series, per part of the range of √n·d.
 */
const PARTS = [
  {
    from: 0.2,
    to: 0.5,
    // In units of 1e-9.
    second: [2056935, 12868300, 22705708, 14364842, -1408525, -5886668, -1274350, 1189662, 128486, -428838, -106372],
    // In units of 1e-7.
    third: [58914, 48382, -98714, -156845, -47273, 70616, 58625],
  },
  {
    from: 0.5,
    to: 0.9,
    second: [7252243, -57853118, 3180960, 15467356, -6159833, 327173, 485843, -211687, 40035],
    third: [-136761, 419113, 92369, -168973, 49144, 5436],
  },
  {
    from: 0.9,
    to: 1.4,
    second: [-9859534, 26018728, -3602569, -1513218, 416529, -65933, 21668, -4510, -205],
    third: [112556, -164137, -7194, 10674, -929, 606],
  },
  {
    from: 1.4,
    to: 1.92,
    second: [6243383, -6483078, -435912, 763980, -126236, -8365, 4350, -304, -36],
    third: [-50114, 24912, 19060, -7154, 199, 186],
  },
];

/** Where the fitted terms end. */
export const FITTED = 1.92;

/**
 * P(D < d) for n above 500 and √n·d up to 1.92, right to 2e-10 in either tail.
 * @see Pelz, Good (1976); Simard, L'Ecuyer (2011) for their series
 */
export function pelzGoodCdf(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const logQ = -(Math.PI ** 2) / (8 * z * z);
  if (logQ < -700) return 0;
  return Math.min(1, Math.max(0, seriesOf(n, z, logQ) + rest(n, z)));
}

/** Kolmogorov's law with corrections in n^−½, n^−1 and n^−3/2. */
function seriesOf(n: number, z: number, logQ: number): number {
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8];
  const [pi2, pi4, pi6] = [Math.PI ** 2, Math.PI ** 4, Math.PI ** 6];
  const most = Math.ceil((16 * z) / Math.PI);
  let [k0, k1, k2, k3, extra2, extra3] = [0, 0, 0, 0, 0, 0];
  for (let k = 1; k <= most; k += 1) {
    const m2 = (2 * k - 1) ** 2;
    const q = Math.exp(logQ * m2);
    k0 += q;
    k1 += q * (-z2 + (pi2 / 4) * m2);
    k2 += q * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pi2 * m2) / 4 + (pi4 * (1 - 2 * z2) * m2 ** 2) / 16);
    const [a, b] = [-30 * z6 - 90 * z8, (pi2 * (135 * z4 - 96 * z6)) / 4];
    const [c, e] = [(pi4 * (-60 * z2 + 212 * z4)) / 16, (pi6 * (5 - 30 * z2)) / 64];
    k3 += q * (a + b * m2 + c * m2 ** 2 + e * m2 ** 3);
    const even = Math.exp((-pi2 * k * k) / (2 * z2));
    extra2 += k * k * even;
    extra3 += (3 * z2 - pi2 * k * k) * k * k * even;
  }
  const root = Math.sqrt(2 * Math.PI);
  const second = (root * k2) / (72 * z ** 7) - (pi2 * root * extra2) / (36 * z ** 3);
  const third = (root * k3) / (6_480 * z ** 10) + (pi2 * root * extra3) / (216 * z6);
  return (root * k0) / z + (root * k1) / (6 * z4) / Math.sqrt(n) + second / n + third / n ** 1.5;
}

/** The fitted terms; below .2 the whole law is less than 2e-13. */
function rest(n: number, z: number): number {
  const part = PARTS.find(({ from, to }) => z >= from && z <= to);
  if (part === undefined) return 0;
  const x = (2 * z - part.from - part.to) / (part.to - part.from);
  return (1e-9 * chebyshev(part.second, x)) / n ** 2 + (1e-7 * chebyshev(part.third, x)) / n ** 2.5;
}

/** Clenshaw's recursion. */
function chebyshev(coefficients: readonly number[], x: number): number {
  let [above, here] = [0, 0];
  for (let k = coefficients.length - 1; k >= 1; k -= 1) [above, here] = [here, coefficients[k]! + 2 * x * here - above];
  return coefficients[0]! + x * here - above;
}
