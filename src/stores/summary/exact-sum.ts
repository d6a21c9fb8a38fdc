/** A finite double is a whole number of 2^−1074, and so is every sum of them. */
const UNIT = 1_074;
const BASE = 2 ** 32;
/** 2 098 bits of the largest double, and room for 2^64 of them. */
const CHUNKS = 68;
/** After so many additions a chunk may have left the whole numbers that a double holds. */
const MOST_PENDING = 1 << 19;

const value = new Float64Array(1);
const words = new Uint32Array(value.buffer);

/**
 * The exact sum of doubles, whatever their order: whole numbers of 2^−1074 in chunks of 32 bits. What is added can be
 * taken away again, and sums of parts merge into the sum of the whole.
 * @example const sum = new ExactSum(); [1e300, 1, -1e300].forEach((x) => sum.add(x)); sum.value() // 1
 */
export class ExactSum {
  private readonly chunks = new Float64Array(CHUNKS);
  private pending = 0;

  /**
   * Adds a finite number, or takes it away.
   * @param sign 1 or −1
   */
  add(x: number, sign: 1 | -1 = 1): void {
    if (x === 0) return;
    value[0] = x;
    const low = words[0]!;
    const high = words[1]!;
    const exponent = (high >>> 20) & 0x7ff;
    const top = exponent === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000;
    const shift = exponent === 0 ? 0 : exponent - 1;
    const direction = high >>> 31 === 1 ? -sign : sign;
    const chunk = shift >>> 5;
    const bit = shift & 31;
    const { chunks } = this;
    chunks[chunk]! += direction * ((low << bit) >>> 0);
    chunks[chunk + 1]! += direction * (((top << bit) >>> 0) + (bit === 0 ? 0 : low >>> (32 - bit)));
    if (bit > 11) chunks[chunk + 2]! += direction * (top >>> (32 - bit));
    if ((this.pending += 2) >= MOST_PENDING) this.carry();
  }

  /** Adds a · b without rounding it; exact while a · b and its last digit are within the range of a double. */
  addProduct(a: number, b: number, sign: 1 | -1 = 1): void {
    const [product, rest] = product2(a, b);
    this.add(product, sign);
    this.add(rest, sign);
  }

  /** Adds another sum. */
  merge(other: ExactSum, sign: 1 | -1 = 1): void {
    other.carry();
    for (let k = 0; k < CHUNKS; k += 1) this.chunks[k]! += sign * other.chunks[k]!;
    if ((this.pending += 2) >= MOST_PENDING) this.carry();
  }

  /** The sum in units of 2^−1074. */
  units(): bigint {
    return this.whole(0);
  }

  /** The sum, correctly rounded. */
  value(): number {
    return toDouble(this.units(), -UNIT);
  }

  /** The one text of this sum: hexadecimal digits, `@` and how many chunks of zeros follow them; '' for 0. */
  toText(): string {
    this.carry();
    const first = this.chunks.findIndex((chunk) => chunk !== 0);
    return first < 0 ? '' : `${this.whole(first).toString(16)}@${first}`;
  }

  /** Adds the sum of a text. */
  addText(text: string): void {
    if (text === '') return;
    const [digits, zeros] = text.split('@') as [string, string];
    const negative = digits.startsWith('-');
    const hex = negative ? digits.slice(1) : digits;
    for (let end = hex.length, chunk = Number(zeros); end > 0; end -= 8, chunk += 1) {
      const digit = Number.parseInt(hex.slice(Math.max(0, end - 8), end), 16);
      this.chunks[chunk]! += negative ? -digit : digit;
    }
    if ((this.pending += 2) >= MOST_PENDING) this.carry();
  }

  private whole(first: number): bigint {
    this.carry();
    let whole = 0n;
    for (let k = CHUNKS - 1; k >= first; k -= 1) whole = (whole << 32n) + BigInt(this.chunks[k]!);
    return whole;
  }

  /** Every chunk but the last, which bears the sign, becomes a digit from 0 to 2^32 − 1: the same sum, the same digits. */
  private carry(): void {
    if (this.pending === 0) return;
    const { chunks } = this;
    let over = 0;
    for (let k = 0; k < CHUNKS - 1; k += 1) {
      const total = chunks[k]! + over;
      over = Math.floor(total / BASE);
      chunks[k] = total - over * BASE;
    }
    chunks[CHUNKS - 1]! += over;
    this.pending = 0;
  }
}

const SPLIT = 2 ** 27 + 1;

/**
 * a · b as a rounded product and what the rounding left out.
 * @see Dekker (1971), "A floating-point technique for extending the available precision"
 */
export function product2(a: number, b: number): readonly [number, number] {
  const product = a * b;
  const [aHigh, bHigh] = [upper(a), upper(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  const rest = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  return [product, Number.isFinite(rest) ? rest : 0];
}

function upper(x: number): number {
  const wide = SPLIT * x;
  return wide - (wide - x);
}

/** whole · 2^exponent, correctly rounded where it is no subnormal number. */
export function toDouble(whole: bigint, exponent: number): number {
  const size = whole < 0n ? -whole : whole;
  const drop = Math.max(0, size.toString(16).length * 4 - 68);
  const kept = size >> BigInt(drop);
  // A bit for what was dropped: a half is only a half when nothing follows.
  const sticky = kept << BigInt(drop) === size ? kept << 1n : (kept << 1n) | 1n;
  const scaled = scale(Number(sticky), exponent + drop - 1);
  return whole < 0n ? -scaled : scaled;
}

/** numerator ⁄ denominator · 2^exponent, to the last digit. */
export function ratio(numerator: bigint, denominator: bigint, exponent: number): number {
  const size = (whole: bigint): number => whole.toString(16).length * 4;
  const shift = Math.max(0, size(denominator) - size(numerator) + 72);
  const shifted = numerator << BigInt(shift);
  const quotient = shifted / denominator;
  const sticky = quotient * denominator === shifted ? quotient << 1n : (quotient << 1n) | 1n;
  return toDouble(sticky, exponent - shift - 1);
}

function scale(x: number, exponent: number): number {
  let [scaled, left] = [x, exponent];
  while (left < -1_000 && scaled !== 0) [scaled, left] = [scaled * 2 ** -1_000, left + 1_000];
  while (left > 1_000 && Number.isFinite(scaled)) [scaled, left] = [scaled * 2 ** 1_000, left - 1_000];
  return scaled * 2 ** left;
}
