import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a peer is asked to do: `<package>_peer.py` knows it by name. */
export interface PeerWork {
  /** The package, which is also the name of its virtual environment. */
  readonly name: string;
  readonly work: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Answer = Readonly<Record<string, unknown>> & { readonly error?: string };

/** A Python process with the packages and the data of a row already in its memory. */
export class Peer {
  version = '';
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private complaint = '';

  private constructor(executable: string, script: string) {
    this.process = spawn(executable, [script], { stdio: 'pipe' });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.process.stderr.on('data', (chunk: Buffer) => {
      this.complaint = (this.complaint + chunk.toString()).slice(-4_000);
    });
    // A missing executable shows when the first answer does not come.
    this.process.on('error', (error) => (this.complaint += error.message));
    this.process.stdin.on('error', () => undefined);
  }

  /**
   * @param folder one virtual environment per package, or null for the `python3` on the path
   * @throws Error where Python or the package is missing
   */
  static async start({ name, work, args }: PeerWork, folder: string | null): Promise<Peer> {
    const executable = folder === null ? 'python3' : join(folder, name, 'bin/python');
    if (folder !== null && !existsSync(executable)) throw new Error(`no ${executable}`);
    const peer = new Peer(executable, join(process.cwd(), `bench/peers/${name.replaceAll('-', '_')}_peer.py`));
    try {
      peer.version = String((await peer.answer()).version);
      await peer.ask({ prepare: work, args });
    } catch (error) {
      peer.stop();
      throw error;
    }
    return peer;
  }

  /** Does its work some times; milliseconds each. */
  async run(runs: number): Promise<{ readonly times: readonly number[]; readonly result: unknown }> {
    const { times, result } = await this.ask({ runs });
    return { times: times as number[], result };
  }

  stop(): void {
    this.process.kill();
  }

  private ask(request: object): Promise<Answer> {
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  private async answer(): Promise<Answer> {
    const line = await this.lines.next();
    if (line.done === true) {
      const last = this.complaint.trim().split('\n').at(-1)!;
      throw new Error(last === '' ? 'it ended without a word' : last);
    }
    const answer = JSON.parse(line.value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
