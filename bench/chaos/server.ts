import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { findExecutable } from './library';

const READY_MS = 60_000;

/** A Temporal dev server that may be killed: its histories stand in a file, its address stays. */
export class MortalServer {
  /** How often it was killed. */
  kills = 0;
  private child: ChildProcess | null = null;
  private readonly path: string;
  private readonly folder: string;
  private readonly port: number;

  private constructor(path: string, folder: string, port: number) {
    this.path = path;
    this.folder = folder;
    this.port = port;
  }

  /** Starts one and returns when it answers. */
  static async start(): Promise<MortalServer> {
    const { path } = await findExecutable('temporal', {});
    const server = new MortalServer(path, await mkdtemp(join(tmpdir(), 'loopwright-chaos-')), await freePort());
    await server.up();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** SIGKILL, then the same server over the same file. */
  async kill(): Promise<void> {
    this.kills += 1;
    await this.down();
    await this.up();
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async down(): Promise<void> {
    const child = this.child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  private async up(): Promise<void> {
    const place = ['--ip', '127.0.0.1', '--port', String(this.port), '--headless', '--log-level', 'never'];
    this.child = spawn(
      this.path,
      ['server', 'start-dev', ...place, '--db-filename', join(this.folder, 'temporal.db')],
      { stdio: 'ignore' },
    );
    const until = Date.now() + READY_MS;
    while (!(await this.answers())) {
      if (Date.now() > until) throw new Error(`the Temporal server at ${this.address} does not answer`);
      await delay(100);
    }
  }

  private async answers(): Promise<boolean> {
    const connection = Connection.lazy({ address: this.address });
    try {
      await connection.withDeadline(Date.now() + 1_000, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      );
      return true;
    } catch {
      return false;
    } finally {
      await connection.close();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
