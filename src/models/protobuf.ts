/** A field of a protobuf message: a number for wire type 0, bytes for 1, 2 and 5. */
export interface ProtobufField {
  readonly number: number;
  readonly wireType: number;
  readonly value: bigint | Uint8Array;
}

/** Bytes that are no protobuf message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/**
 * The fields of a message, one after the other; views on the bytes, nothing is copied. Groups, which nothing has
 * written for years, are refused.
 * @throws ProtobufError where the bytes are no message
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError(`a number is cut off at byte ${at}`);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError(`a number at byte ${at} has more than ten bytes`);
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new ProtobufError(`${length} bytes at byte ${at} go beyond the end`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [number, wireType] = [Math.floor(key / 8), key % 8];
    if (number === 0 || number > 0x1fffffff) throw new ProtobufError(`field ${number} at byte ${at} is none`);
    if (wireType === 0) yield { number, wireType, value: varint() };
    else if (wireType === 2) yield { number, wireType, value: take(Number(varint())) };
    else if (FIXED[wireType] !== undefined) yield { number, wireType, value: take(FIXED[wireType]) };
    else throw new ProtobufError(`wire type ${wireType} at byte ${at} is none`);
  }
}
