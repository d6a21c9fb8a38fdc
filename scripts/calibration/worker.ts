/** A thread: a piece in, its counts out; null ends it. */
import { parentPort } from 'node:worker_threads';
import { simulated } from './run';
import type { Piece } from './run';

const port = parentPort!;
port.on('message', (piece: Piece | null) => {
  if (piece === null) port.close();
  else port.postMessage(simulated(piece));
});
