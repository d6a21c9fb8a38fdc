/** The scratch a value is laid out in before it is hashed; grows to the longest string. */
let bytes = new Uint8Array(256);
// Looked up once: these run for every word of every value.
const { imul } = Math;
const float = new DataView(new ArrayBuffer(8));

/** The first 64 of MurmurHash3's 128 bits. */
export interface Hash64 {
  first: number;
  second: number;
}

/**
 * MurmurHash3_x86_128 (Appleby 2011) of a string's UTF-8 bytes, of a number's eight (IEEE 754, little endian) or of a
 * boolean's one; the seed keeps 1, '1' and true apart. Lone surrogates are hashed as U+FFFD.
 * @param into receives the hash, so that none is allocated per value
 */
export function hash64(value: string | number | boolean, into: Hash64): void {
  if (typeof value === 'string') murmur(utf8(value), 0, into);
  else if (typeof value === 'number') {
    float.setFloat64(0, value + 0, true);
    for (let index = 0; index < 8; index += 1) bytes[index] = float.getUint8(index);
    murmur(8, 1, into);
  } else {
    bytes[0] = Number(value);
    murmur(1, 2, into);
  }
}

function utf8(text: string): number {
  if (bytes.length < text.length * 3 + 16) bytes = new Uint8Array(text.length * 6 + 16);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = text.charCodeAt(index + 1);
      const paired = code < 0xdc00 && low >= 0xdc00 && low < 0xe000;
      if (paired) index += 1;
      code = paired ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
    }
    if (code < 0x800) bytes[length++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x10000) bytes[length++] = 0xe0 | (code >> 12);
      else {
        bytes[length++] = 0xf0 | (code >> 18);
        bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[length++] = 0x80 | (code & 0x3f);
  }
  return length;
}

const [C1, C2, C3, C4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;

function murmur(length: number, seed: number, into: Hash64): void {
  let [h1, h2, h3, h4] = [seed, seed, seed, seed];
  // A rest shorter than a block mixes like zeros, which the algorithm leaves out and which leave no trace.
  bytes.fill(0, length, length + 16);
  for (let at = 0; at < length; at += 16) {
    const whole = at + 16 <= length;
    h1 ^= imul(rotate(imul(word(at), C1), 15), C2);
    if (whole) h1 = (imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= imul(rotate(imul(word(at + 4), C2), 16), C3);
    if (whole) h2 = (imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= imul(rotate(imul(word(at + 8), C3), 17), C4);
    if (whole) h3 = (imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= imul(rotate(imul(word(at + 12), C4), 18), C1);
    if (whole) h4 = (imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  [h2, h3, h4] = [(h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
  [h1, h2, h3, h4] = [finish(h1), finish(h2), finish(h3), finish(h4)];
  h1 = (h1 + h2 + h3 + h4) | 0;
  into.first = h1 >>> 0;
  into.second = (h2 + h1) >>> 0;
}

function word(at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function finish(hash: number): number {
  let mixed = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
