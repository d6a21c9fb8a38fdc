import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { reasonOf } from './run';

const LOOPBACK = '127.0.0.1';
const ATTEMPTS = 3;

/** A loopback port that is free now and that Linux will give to nobody else for a minute. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // closed from the server's side, the connection leaves the port in TIME_WAIT: not handed out, yet free to bind
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, LOOPBACK).resume();
  const [socket] = await accepted;
  const ended = once(client, 'close');
  socket.end();
  await ended;
  server.close();
  await once(server, 'close');
  return port;
}

/** True if something listens on the loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

/** Starts something on one or two free ports, and again on others if somebody took one in between. */
export async function onFreePorts<T>(start: (first: number, second: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const [first, second] = await Promise.all([freePort(), freePort()]);
    try {
      return await start(first, second);
    } catch (error) {
      if (attempt === ATTEMPTS || !/address already in use/i.test(reasonOf(error))) throw error;
    }
  }
}
