import { randomUUID } from 'node:crypto';
import type { PipelineSpecInput } from '../../src/schemas';
import type { Bench } from '../monitors/bench';
import { atMost, median, timed } from '../monitors/result';
import type { Result } from '../monitors/result';
import { declared, noops } from './library';

const WIDTH = 50;
const ROUNDS = 3;
const GOALS = { wideMs: 40, events: 12 };
const STAGES = { wide: 200, chain: 20, history: 500 };

/** Stages side by side, fifty at once: the whole run by their number. */
export async function wide(bench: Bench): Promise<Result[]> {
  const runs = await measure(bench, 'wide', STAGES.wide, () => null);
  const perStage = runs.map(({ ms }) => ms / STAGES.wide);
  const work = `${STAGES.wide} stages that do nothing, ${WIDTH} at once: a stage's share of the run`;
  return [atMost(work, { value: median(perStage), unit: 'ms', goal: GOALS.wideMs }, perStage)];
}

/** One after the other: the dev server hands out tasks in steps of its own. */
export async function chain(bench: Bench): Promise<Result[]> {
  const runs = await measure(bench, 'chain', STAGES.chain, (k) => (k === 0 ? null : `s${k - 1}`));
  const perStage = runs.map(({ ms }) => ms / STAGES.chain);
  const work = `a chain of ${STAGES.chain} stages that do nothing: a stage's share of the run`;
  return [atMost(work, { value: median(perStage), unit: 'ms', goal: null }, perStage)];
}

/** Events of all histories of a run of five hundred stages. */
export async function history(bench: Bench): Promise<Result[]> {
  const [run] = await measure(bench, 'history', STAGES.history, (k) => (k === 0 ? null : `s${k >> 1}`), 1);
  const events = run!.lengths.reduce((sum, length) => sum + length, 0) / STAGES.history;
  const work = `events for a stage, ${STAGES.history} stages`;
  return [
    atMost(work, { value: events, unit: 'events', goal: GOALS.events }, run, [
      `${STAGES.history} stages took ${(run!.ms / 1_000).toFixed(1)} s in ${run!.lengths.length} histories of ${run!.lengths.join(', ')} events`,
    ]),
  ];
}

interface Run {
  readonly ms: number;
  /** Of each history. */
  readonly lengths: readonly number[];
}

async function measure(
  bench: Bench,
  name: string,
  count: number,
  needs: (k: number) => string | null,
  rounds = ROUNDS,
): Promise<Run[]> {
  const loop = await bench.loop();
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const pipeline = declared(`${name}-${randomUUID().slice(0, 8)}`, noops(count, needs), WIDTH);
    const { ms, result } = await timed(async () => {
      const { workflowId } = await loop.client.pipelines.run(pipeline as PipelineSpecInput);
      return { workflowId, ...(await loop.client.pipelines.result(workflowId)) };
    });
    const { workflowId } = result;
    if (result.stages.succeeded !== count) throw new Error(`${name}: ${JSON.stringify(result)}`);
    const lengths: number[] = [];
    for await (const { historyLength } of loop.temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      lengths.push(historyLength);
    runs.push({ ms, lengths });
  }
  await loop.close();
  return runs;
}
