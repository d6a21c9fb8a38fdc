import type { RandomStream } from '../random-stream';

// Looked up once: in a `vm` context, such as a test, a global costs more than the draw.
const { log, sqrt, floor, min, PI } = Math;

/** Up to so many draws an urn is quicker than a rejection. */
const URN = 10;
/** Log factorials up to here are looked up. */
const TABLE = 65_536;
const HALF_LOG_TAU = 0.5 * log(2 * PI);

const table = new Float64Array(TABLE);
for (let k = 2; k < TABLE; k += 1) table[k] = table[k - 1]! + log(k);

function logFactorial(k: number): number {
  if (k < TABLE) return table[k]!;
  return (k + 0.5) * log(k) - k + HALF_LOG_TAU + 1 / (12 * k);
}

/**
 * How many of `good` marked balls are among `draws` from good + bad, without replacement.
 * @see Stadlober (1990), The ratio of uniforms approach for generating discrete random variates: algorithm HRUA*
 */
export function hypergeometricDraw(random: RandomStream, good: number, bad: number, draws: number): number {
  const all = good + bad;
  if (draws === 0 || good === 0) return 0;
  if (bad === 0) return draws;
  if (draws === all) return good;
  // The law is symmetric in marks and draws, and in what is drawn and what is left: always work on the smallest.
  if (draws > all - draws) return good - hypergeometricDraw(random, good, bad, all - draws);
  if (good > bad) return draws - hypergeometricDraw(random, bad, good, draws);
  const [marked, drawn] = good < draws ? [draws, good] : [good, draws];
  return drawn <= URN ? urn(random, marked, all, drawn) : ratioOfUniforms(random, marked, all, drawn);
}

function urn(random: RandomStream, marked: number, all: number, drawn: number): number {
  let [left, hits] = [all, 0];
  for (let k = 0; k < drawn; k += 1) {
    if (random.next() * left < marked - hits) hits += 1;
    left -= 1;
  }
  return hits;
}

function ratioOfUniforms(random: RandomStream, marked: number, all: number, drawn: number): number {
  const share = marked / all;
  const mean = drawn * share;
  const variance = (((all - drawn) / (all - 1)) * mean * (all - marked)) / all;
  const centre = mean + 0.5;
  const width = sqrt(variance + 0.5);
  const height = 1.7155277699214135 * width + 0.8989161620588988;
  const beyond = min(min(drawn, marked) + 1, floor(centre + 16 * width));
  const rest = all - marked - drawn;
  const mode = floor(((drawn + 1) * (marked + 1)) / (all + 2));
  const atMode =
    logFactorial(mode) + logFactorial(marked - mode) + logFactorial(drawn - mode) + logFactorial(rest + mode);
  for (;;) {
    const u = random.next();
    const place = centre + (height * (random.next() - 0.5)) / u;
    if (place < 0 || place >= beyond) continue;
    const hits = floor(place);
    const gain =
      atMode -
      (logFactorial(hits) + logFactorial(marked - hits) + logFactorial(drawn - hits) + logFactorial(rest + hits));
    if (u * (4 - u) - 3 <= gain) return hits;
    if (u * (u - gain) >= 1) continue;
    if (2 * log(u) <= gain) return hits;
  }
}
