/** Each level has this share of the capacity of the level above. */
const SHRINKAGE = 2 / 3;
/** No level is smaller; level 0 takes more, so that it is not sorted for every handful of values. */
const SMALLEST = 8;
const SMALLEST_LOWEST = 64;

interface Levels {
  readonly k: number;
  coin: number;
  levels: number[][];
  room: number;
}

function capacity(k: number, height: number, level: number): number {
  return Math.max(level === 0 ? SMALLEST_LOWEST : SMALLEST, Math.ceil(k * SHRINKAGE ** (height - 1 - level)));
}

/** How many values level 0 may hold: what the levels above leave of the whole. */
export function roomOf(k: number, levels: readonly (readonly number[])[]): number {
  let room = 0;
  for (let level = 0; level < levels.length; level += 1)
    room += capacity(k, levels.length, level) - (level === 0 ? 0 : levels[level]!.length);
  return room;
}

/**
 * Compacts full levels, lowest first, until there is room: a level is sorted, a coin picks its values of odd or of
 * even place, and they move up at twice the weight. An odd one out stays, so that the weights always sum to n.
 */
export function compact(sketch: Levels): void {
  const { k, levels } = sketch;
  sketch.room = roomOf(k, levels);
  while (levels[0]!.length >= sketch.room) {
    // The whole is full, so some level is: the last one is where the search must end.
    let level = 0;
    while (level < levels.length - 1 && levels[level]!.length < capacity(k, levels.length, level)) level += 1;
    if (level === levels.length - 1) levels.push([]);
    const full = levels[level]!;
    const odd = full.length % 2 === 1 ? [full.pop()!] : [];
    const sorted = new Float64Array(full).sort();
    const above = levels[level + 1]!;
    for (let place = toss(sketch); place < sorted.length; place += 2) above.push(sorted[place]!);
    levels[level] = odd;
    sketch.room = roomOf(k, levels);
  }
}

/** 0 or 1 by mulberry32, whose state is part of the sketch. */
function toss(sketch: Levels): number {
  sketch.coin = (sketch.coin + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(sketch.coin ^ (sketch.coin >>> 15), sketch.coin | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 31;
}
