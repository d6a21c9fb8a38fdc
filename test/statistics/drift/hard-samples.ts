import { seeded } from '../../support/streams';

/** A law that draws numbers, as hard as the bucketing kernels should bear. */
export type Law = () => number;

/** Laws by name: light and heavy tails, ties, zeros of both signs, magnitudes from denormal to the largest double. */
export function hardLaws(seed: number): Readonly<Record<string, Law>> {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    normal,
    cauchy: () => Math.tan(Math.PI * (random() - 0.5)),
    lognormal: () => Math.exp(3 * normal()),
    'far tails': () => Math.sign(normal()) * Math.exp(300 * normal()),
    constant: () => 7,
    'two values': () => Math.floor(random() * 2),
    'hundred values': () => Math.floor(random() * 100),
    'half zeros': () => (random() < 0.5 ? 0 : normal()),
    'both zeros and denormals': () => (random() < 0.9 ? (random() < 0.5 ? 0 : -0) : normal() * 1e-310),
    'nearly zeros': () => (random() < 0.95 ? 0 : Math.floor(random() * 1_000)),
    'a common value and its neighbours': () => (random() < 0.3 ? 5 : random() < 0.5 ? 5 + 1e-12 : normal() + 5),
    denormals: () => Number.MIN_VALUE * Math.floor(random() * 20),
    'the largest doubles': () => (random() - 0.5) * 2 * 1.7e308,
    clumps: () => [0, 1e3, 1e6][Math.floor(random() * 3)]! + 1e-3 * normal(),
    'far from zero': () => 1e15 + Math.floor(random() * 5),
    outliers: () => (random() < 0.001 ? 1e12 : normal()),
    'either side of zero': () => (random() < 0.5 ? -1e-300 : 1e-300 * random()),
    prices: () => Math.round(100 * Math.exp(3 + normal())) / 100,
  };
}

/** So many values of a law, those that are finite. */
export function draw(law: Law, size: number): Float64Array {
  return Float64Array.from({ length: size }, law).filter(Number.isFinite);
}

/** Pairs of samples: each law against itself and its successor, small and large, in order and not. */
export function hardPairs(seed: number): [string, Float64Array, Float64Array][] {
  const laws = Object.entries(hardLaws(seed));
  const random = seeded(seed + 1);
  return laws.flatMap(([name, law], index) => {
    const [other, otherLaw] = laws[(index + 1) % laws.length]!;
    const size = () => (random() < 0.25 ? 1 + Math.floor(random() * 40) : 2_000 + Math.floor(random() * 12_000));
    const ascending = draw(law, 9_000).sort();
    return [
      [name, draw(law, size()), draw(law, size())],
      [`${name}, ${other}`, draw(law, size()), draw(otherLaw, size())],
      [`${name} in order`, ascending, draw(law, 5_000).sort().reverse()],
      [`${name}, one value`, draw(law, 1), draw(law, size())],
    ] as [string, Float64Array, Float64Array][];
  });
}
