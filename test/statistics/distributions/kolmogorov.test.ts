import { kolmogorov, kolmogorovSmirnovLogSurvival, kolmogorovSmirnovSurvival } from '../../../src/statistics';
import { kolmogorovLogSurvival } from '../../../src/statistics/distributions/kolmogorov';
import { exactKolmogorovSmirnovCdf } from '../../../src/statistics/distributions/kolmogorov-exact';
import { pelzGoodCdf } from '../../../src/statistics/distributions/pelz-good';
import { smirnovLogSurvival } from '../../../src/statistics/distributions/smirnov';
import { casesOf, expectClose } from '../../support/vectors';

test.each(casesOf('distributions', 'kolmogorovSf'))('matches scipy.stats.kstwobign: %s', (_, entry) => {
  expectClose(kolmogorov().survival(entry.input.x), entry.expected.sf, entry);
  expect(kolmogorovLogSurvival(entry.input.x)).toBe(kolmogorov().logSurvival(entry.input.x));
});

test.each(casesOf('distributions', 'kstwoSf'))('matches scipy.stats.kstwo: %s', (_, entry) => {
  expectClose(kolmogorovSmirnovSurvival(entry.input.n, entry.input.d), entry.expected.sf, entry);
});

// Durbin's recursion with 64 bits of mantissa; scipy is off by 2.4e-5 at n = 141, d = .1246.
test.each([
  [5, 0.3007011698917772, 0.6612392717662199],
  [17, 0.4965560806385517, 0.00021382239577859887],
  [60, 0.17920394185721278, 0.03708876136423532],
  [139, 0.13237545234929154, 0.01386666309355949],
  [141, 0.10522530077439254, 0.08188530118994206],
  [141, 0.1571686783727965, 0.001651713925628807],
  [200, 0.0768614997133569, 0.1786364443916274],
  [499, 0.03794785025622279, 0.4576800768433482],
  [499, 0.09678715344527382, 0.0001607040264835723],
  [501, 0.018013857314968088, 0.9959846477568329],
  [501, 0.06484581113317946, 0.02828014305978952],
  [650, 0.012551235462707047, 0.9999290755579382],
  [650, 0.038282679810996575, 0.28920517775538307],
  [1000, 0.029935905078251404, 0.3251609318407905],
  [3000, 0.006109077393588781, 0.9998523343547349],
  [3000, 0.02399720239286106, 0.06214631772180465],
  [7000, 0.01434109531943575, 0.11125122081682219],
  [7000, 0.02533496363379773, 0.0002458502034358668],
])('n = %d, d = %d exactly', (n, d, survival) => {
  expect(Math.abs(kolmogorovSmirnovSurvival(n, d) / survival - 1)).toBeLessThan(2e-10);
});

// Birnbaum and Tingey's sum, mpmath, 35 digits; twice the one-sided tail is the two-sided one to 1e-16 here.
test.each([
  [30, 0.45643546458763845, -12.679347071101056],
  [300, 0.23094010767585027, -31.829357042451022],
  [300, 0.8660254037844386, -601.3639446503274],
  [1000, 0.8285167469641154, -1750.2512945825313],
  [4000, 0.12649110640673517, -127.8434680320239],
  [4000, 0.4142583734820577, -1430.2110576937673],
  [1e9, 0.00025298221281347036, -127.307023266252169],
  [1e9, 0.000828516746964115, -1372.18761428121972],
])('the tail of n = %d, d = %d', (n, d, log) => {
  expect(Math.abs(kolmogorovSmirnovLogSurvival(n, d) - log)).toBeLessThan(1e-9);
});

test('one value: the distance is uniform from ½ to 1', () => {
  expect(kolmogorovSmirnovSurvival(1, 0.5)).toBe(1);
  expect(kolmogorovSmirnovSurvival(1, 0.75)).toBeCloseTo(0.5, 14);
  expect(kolmogorovSmirnovSurvival(1, 1)).toBe(0);
});

test('nothing is left at the ends, and what is no distance is refused', () => {
  expect(kolmogorovSmirnovSurvival(10, 0)).toBe(1);
  expect(kolmogorovSmirnovSurvival(10, -3)).toBe(1);
  expect(kolmogorovSmirnovSurvival(10, 1.2)).toBe(0);
  expect(kolmogorov().survival(0.01)).toBe(1);
  expect(kolmogorov().density(0)).toBe(0);
  expect(() => kolmogorovSmirnovSurvival(0, 0.1)).toThrow('n is 0: expected at least 1');
  expect(() => kolmogorovSmirnovSurvival(2.5, 0.1)).toThrow('n is 2.5');
  expect(() => kolmogorovSmirnovSurvival(2, NaN)).toThrow('d is NaN');
  expect(smirnovLogSurvival(10, 0)).toBe(0);
  expect(smirnovLogSurvival(10, 1)).toBe(-Infinity);
});

test('it falls with d, for any n', () => {
  for (const n of [1, 2, 7, 50, 140, 499, 501, 5_000, 1e6, 1e9]) {
    const width = Math.min(1, 4 / Math.sqrt(n));
    let before = 1;
    for (let step = 0; step <= 300; step += 1) {
      const here = kolmogorovSmirnovSurvival(n, (step / 300) * width);
      expect(here).toBeLessThanOrEqual(before * (1 + 3e-10));
      before = here;
    }
  }
});

test('recursion and series agree at n = 1000 to what the fit allows', () => {
  for (const z of [0.21, 0.35, 0.49, 0.51, 0.7, 0.89, 0.91, 1.2, 1.39, 1.41, 1.7, 1.91]) {
    const d = z / Math.sqrt(1000);
    const upper = 1 - exactKolmogorovSmirnovCdf(1000, d);
    expect(Math.abs((1 - pelzGoodCdf(1000, d)) / upper - 1)).toBeLessThan(3e-10);
  }
});

test('with n it tends to the limit law', () => {
  for (const z of [0.5, 1, 1.36, 2.5])
    expect(kolmogorovSmirnovSurvival(1e14, z / 1e7) / kolmogorov().survival(z)).toBeCloseTo(1, 6);
});
