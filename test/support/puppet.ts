import { readFile, writeFile } from 'node:fs/promises';
import type { PipelineSettings, StageCall, StageContext } from '../../src/contracts';

/** The image of every stage that a puppet carries out. */
export const PUPPET = 'test/puppet:v1';

/**
 * Carries out stages as their `args` say: `metric:auc=0.9`, `fail` (always), `fail:2` (twice), `hold` (until it is
 * released or told to stop). Every output gets a line of what the stage was and what it was given.
 */
export class Puppet {
  /** Every call, in order. */
  readonly calls: StageCall[] = [];
  /** Stages that were told to stop while they held. */
  readonly stopped: string[] = [];
  private readonly released = new Set<string>();

  get settings(): PipelineSettings {
    return { executors: { 'test/*': { kind: 'function', version: '1', run: (...call) => this.run(...call) } } };
  }

  /** Lets what holds go on. */
  release(pipeline: string, stage: string): void {
    this.released.add(`${pipeline}/${stage}`);
  }

  /** Calls of a pipeline: its stages and what handles them, in order. */
  of(pipeline: string): string[] {
    return this.calls
      .filter((call) => call.pipeline === pipeline)
      .map(({ stage, item, handles }) => {
        const name = item === undefined ? stage : `${stage}[${item.index}]`;
        return handles === undefined ? name : `${handles.kind} ${name} ${handles.outcome}`;
      });
  }

  private async run(call: StageCall, { signal }: StageContext) {
    this.calls.push(call);
    const word = (name: string) => call.args.find((arg) => arg === name || arg.startsWith(`${name}:`));
    if (word('hold') !== undefined) await this.hold(call, signal as AbortSignal);
    const fail = word('fail');
    if (fail !== undefined && call.attempt <= Number(fail.split(':')[1] ?? Infinity)) {
      call.log(`attempt ${call.attempt} of ${call.stage}`);
      throw new Error(`${call.stage} cannot`);
    }
    const given = await Promise.all(
      Object.entries(call.inputs).map(async ([name, input]) => {
        return `${name}=${'value' in input ? input.value : await readFile(input.path, 'utf8')}`;
      }),
    );
    const line = `${call.stage}(${given.join(', ')})`;
    for (const path of Object.values(call.outputs)) await writeFile(path, line);
    return { metrics: Object.fromEntries(metricsOf(call.args)) };
  }

  private async hold({ pipeline, stage }: StageCall, signal: AbortSignal): Promise<void> {
    while (!this.released.has(`${pipeline}/${stage}`)) {
      if (signal.aborted) {
        this.stopped.push(stage);
        throw new Error('told to stop');
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function metricsOf(args: readonly string[]): (readonly [string, number])[] {
  return args.flatMap((arg) => {
    const [, name, value] = /^metric:(.+)=(.+)$/.exec(arg) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
}
