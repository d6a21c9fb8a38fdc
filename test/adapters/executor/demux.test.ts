import fc from 'fast-check';
import { demux } from '../../../src/adapters/executor/demux';

/** As the engine sends it: stream, three zeros, length, bytes. */
function framed(stream: number, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function apart(whole: Buffer, cuts: readonly number[]): string[] {
  const out = ['', ''];
  const feed = demux((stream, bytes) => (out[stream - 1]! += bytes.toString('latin1')));
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  for (let place = 1; place < places.length; place += 1) feed(whole.subarray(places[place - 1], places[place]));
  return out;
}

test('streams are told apart however the pieces are cut', () => {
  const pieces = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 20 })), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(300), { maxLength: 30 }), (given, cuts) => {
      const of = (stream: number) =>
        given.map(([one, bytes]) => (one === stream ? Buffer.from(bytes).toString('latin1') : '')).join('');
      expect(apart(Buffer.concat(given.map(([stream, bytes]) => framed(stream, bytes))), cuts)).toEqual([of(1), of(2)]);
    }),
    { numRuns: 1_000 },
  );
});

test('a hundred thousand pieces of one byte in one chunk do not overflow the stack', () => {
  const whole = Buffer.concat(Array.from({ length: 100_000 }, () => framed(1, Buffer.from('x'))));
  expect(apart(whole, [])[0]).toHaveLength(100_000);
});
