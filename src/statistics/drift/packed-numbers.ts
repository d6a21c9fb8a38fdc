/** Numbers as text, exactly: base64 of their doubles, little-endian, for a document that is JSON and cannot change. */
export function packNumbers(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** @throws RangeError on a text that holds no whole doubles */
export function unpackNumbers(packed: string): Float64Array {
  const bytes = Buffer.from(packed, 'base64');
  if (bytes.length % 8 !== 0)
    throw new RangeError(`packed numbers hold ${bytes.length} bytes: expected a multiple of 8`);
  // A pooled buffer need not start where a double may.
  const values = new Float64Array(bytes.length / 8);
  new Uint8Array(values.buffer).set(bytes);
  return values;
}
