/** Bytes before each piece: the stream, three zeros, the length. */
const HEADER = 8;

/**
 * Takes a container's output and error streams apart. The client's own way of doing so calls itself for every piece,
 * and a stage that writes byte by byte would overflow the stack.
 * @param take gets the bytes of stream 1 (output) or 2 (error)
 * @example attached.on('data', demux((stream, bytes) => streams[stream - 1].write(bytes)))
 */
export function demux(take: (stream: 1 | 2, bytes: Buffer) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let left = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const part = chunk.subarray(at, at + HEADER - header.length);
        header = Buffer.concat([header, part]);
        at += part.length;
        if (header.length < HEADER) return;
        left = header.readUInt32BE(4);
        if (left === 0) header = Buffer.alloc(0);
        continue;
      }
      const bytes = chunk.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      take(header[0] === 2 ? 2 : 1, bytes);
      if (left === 0) header = Buffer.alloc(0);
    }
  };
}
