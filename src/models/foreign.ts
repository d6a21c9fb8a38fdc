import { constants, inflateSync } from 'node:zlib';
import { isPickle } from './pickle';

const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));

/** What begins with these bytes is never taken, whoever trained it. */
const HEADS: readonly (readonly [head: readonly number[], found: string])[] = [
  [[0x1f, 0x8b], 'gzip-compressed bytes'],
  [ascii('BZh'), 'bzip2-compressed bytes'],
  [[0xfd, ...ascii('7zXZ'), 0], 'xz-compressed bytes'],
  [[0x5d, 0, 0], 'lzma-compressed bytes'],
  [[0x04, 0x22, 0x4d, 0x18], 'lz4-compressed bytes'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstandard-compressed bytes'],
  [ascii('ZF0x'), 'a joblib file, which is a compressed pickle'],
  [[0x93, ...ascii('NUMPY')], 'a NumPy array, which may hold a pickle'],
  [[0x7f, ...ascii('ELF')], 'an ELF executable or library'],
  [[0xcf, 0xfa, 0xed, 0xfe], 'a Mach-O executable or library'],
  [[0xca, 0xfe, 0xba, 0xbe], 'Java bytecode or a Mach-O library'],
  [[0, ...ascii('asm')], 'WebAssembly'],
  [ascii('#!'), 'a script'],
];

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const ZIP_END = [0x50, 0x4b, 0x05, 0x06];
const HDF5 = [0x89, ...ascii('HDF\r\n'), 0x1a, 0x0a];
const ZIP_END_SIZE = 22;

/**
 * What executable or wrapped thing bytes are, in words; null when they are none that is known. Told from the content
 * alone, and nothing is unpacked but the first bytes of a zlib stream.
 */
export function foreignContent(bytes: Uint8Array): string | null {
  const head = HEADS.find(([expected]) => startsWith(bytes, expected));
  if (head !== undefined) return head[1];
  if (startsWith(bytes, ZIP) || endsAsZip(bytes)) {
    const torch = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('data.pkl');
    return torch ? 'a PyTorch archive, which is a pickle in a zip' : 'a zip archive';
  }
  if (isHdf5(bytes)) return 'an HDF5 file';
  if (isTar(bytes)) return 'a tar archive';
  if (isWindowsExecutable(bytes)) return 'a Windows executable or library';
  if (isPythonBytecode(bytes)) return 'Python bytecode';
  if (isPickle(bytes)) return 'a pickle';
  return isZlib(bytes) ? 'zlib-compressed bytes' : null;
}

function startsWith(bytes: Uint8Array, expected: readonly number[], at = 0): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte);
}

/** Zip readers look at the end: an archive may hide behind any head. */
function endsAsZip(bytes: Uint8Array): boolean {
  const last = bytes.length - ZIP_END_SIZE;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1) {
    if (!startsWith(bytes, ZIP_END, at)) continue;
    const comment = bytes[at + 20]! + 256 * bytes[at + 21]!;
    if (at + ZIP_END_SIZE + comment === bytes.length) return true;
  }
  return false;
}

/** The head stands at 0, 512, 1024, 2048 … */
function isHdf5(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at = at === 0 ? 512 : at * 2) if (startsWith(bytes, HDF5, at)) return true;
  return false;
}

/** By the header's checksum, which the oldest archives have too. */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < 512) return false;
  const stated = /^[ \0]*([0-7]{1,8})[ \0]*$/.exec(Buffer.from(bytes.subarray(148, 156)).toString('latin1'));
  if (stated === null) return false;
  const header = bytes.subarray(0, 512);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return sum === Number.parseInt(stated[1]!, 8);
}

function isWindowsExecutable(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, ascii('MZ')) || bytes.length < 64) return false;
  const at = Buffer.from(bytes.subarray(60, 64)).readUInt32LE();
  return startsWith(bytes, [...ascii('PE'), 0, 0], at);
}

/** A magic number, then CR LF; those of Python 2 are above 50 000, those of Python 3 from 3 000 to 4 095. */
function isPythonBytecode(bytes: Uint8Array): boolean {
  const magic = bytes[0]! + 256 * bytes[1]!;
  return startsWith(bytes, [0x0d, 0x0a], 2) && ((magic >= 3_000 && magic < 4_096) || magic > 50_000);
}

/** Two bytes that check out are no proof: the first bytes must unpack too. */
function isZlib(bytes: Uint8Array): boolean {
  const [first, second] = [bytes[0]!, bytes[1]!];
  if ((first & 0x0f) !== 8 || first >> 4 > 7 || (first * 256 + second) % 31 !== 0) return false;
  try {
    return inflateSync(bytes.subarray(0, 4_096), { finishFlush: constants.Z_SYNC_FLUSH }).length > 0;
  } catch {
    return false;
  }
}
