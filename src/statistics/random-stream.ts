// Looked up once: in a `vm` context, such as a test, a global costs more than the draw.
const { imul } = Math;

/** A seeded stream of random numbers, xoshiro128**: the same seed gives the same numbers on every machine. */
export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /**
   * @param seed a whole number from 0 on; both of its 32-bit words count
   * @see Blackman & Vigna (2021), Scrambled linear pseudorandom number generators; splitmix for the seeding
   */
  constructor(seed: number) {
    let state = (seed ^ imul(Math.floor(seed / 4_294_967_296), 0x85ebca6b)) | 0;
    const word = () => {
      state = (state + 0x9e3779b9) | 0;
      let t = state ^ (state >>> 16);
      t = imul(t, 0x21f0aaad);
      t = imul(t ^ (t >>> 15), 0x735a2d97);
      return t ^ (t >>> 15);
    };
    [this.a, this.b, this.c, this.d] = [word(), word(), word(), word()];
  }

  /** Uniform in (0, 1), 32 bits of it: never 0, so its logarithm is finite. */
  next(): number {
    const scrambled = imul(this.b, 5);
    const word = imul((scrambled << 7) | (scrambled >>> 25), 9);
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return ((word >>> 0) + 0.5) / 4_294_967_296;
  }
}
