import { NoWorkerError } from '../../client';
import type { LoopwrightClient } from '../../client';
import type { ModelTarget, MonitorSpec, MonitorStatus, Scenario, Settled } from '../../contracts';
import { durationMs, iso, ms } from '../../domain/time';
import { encodeModel } from '../../models';
import type { MonitorSpecInput, PipelineSpecInput, StreamRow } from '../../schemas';
import { asHistory, Server, trainFirst } from './scoring';
import type { Stream } from './stream';

/** What a replay tells as it goes. */
export interface Listener {
  /** After each step of the protocol. */
  step(state: {
    readonly at: string;
    readonly served: number;
    readonly total: number;
    readonly status: MonitorStatus;
  }): Promise<void>;
}

/** What a replay needs. */
export interface ReplayInput {
  readonly client: LoopwrightClient;
  readonly target: ModelTarget;
  readonly scenario: Scenario;
  readonly stream: Stream;
  readonly listener: Listener;
  /** The declaration of the pipeline that the scenario's retrainings name, if they name one. */
  readonly pipeline?: PipelineSpecInput | undefined;
}

const SOURCE = 'default';
const WHO = 'replay';

/** The monitor's spec of a scenario. */
export function monitorSpecOf(target: ModelTarget, scenario: Scenario): MonitorSpecInput {
  const { monitor, retrain, experiment } = scenario;
  return {
    ...target,
    clock: 'data',
    sources: [SOURCE],
    baseline: scenario.baseline,
    reference: scenario.train,
    ...monitor,
    retrain: { ...retrain, cooldown: retrain.cooldown ?? monitor.window },
    experiment,
  } as MonitorSpecInput;
}

/**
 * Replays a stream through the loop. One step: outcomes known by W are durable, the watermark advances to W and all
 * that is due has acted; then rows up to the next due time are scored by what serves, and logged.
 */
export async function replay(input: ReplayInput): Promise<void> {
  const { client, target, scenario, stream, listener } = input;
  await client.outcomes.setAside(target, stream.quarantined);
  const { spec, server } = await prepare(input);
  const rows = stream.rows.filter((row) => row.ts >= scenario.baseline.from);
  const outcomes = new OutcomeQueue(client, target, stream.rows);
  const end = endOf(spec, rows);
  let settled: Settled = { settledThrough: scenario.baseline.from, nextDueAt: scenario.baseline.from };
  let served = 0;
  while (settled.nextDueAt !== null && settled.nextDueAt <= end) {
    const at = settled.nextDueAt;
    served += await serveUntil(input, server, rows.slice(served), at);
    await outcomes.deliver(at);
    const next = await client.monitors.advance(target, { source: SOURCE, at });
    if (next.nextDueAt !== null && next.nextDueAt <= at)
      throw new Error(`the monitor settled ${at} and is due ${next.nextDueAt} again`);
    settled = next;
    await listener.step({ at, served, total: rows.length, status: await client.monitors.status(target) });
  }
  await outcomes.deliver(iso(8.64e15));
  await stopCutOff(client, target);
}

/** History, the first model, what serves, the pipeline that trains the next ones, the monitor. */
async function prepare(input: ReplayInput): Promise<{ spec: MonitorSpec; server: Server }> {
  const { client, target, scenario, stream } = input;
  const { train, baseline, name } = scenario;
  await client.predictions.log(target, stream.rows.filter((row) => row.ts < baseline.from).map(asHistory));
  const rows = stream.rows.filter((row) => row.ts >= train.from && row.ts < train.to);
  const artifact = encodeModel(trainFirst(rows));
  const version = await client.models.register({
    model: target.model,
    key: `${name}/first`,
    artifact,
    trainedOn: train,
  });
  const decision = {
    who: WHO,
    reason: `trained on ${rows.length} rows`,
    effectiveAt: baseline.from,
    key: `${name}/first`,
  };
  await withWorker(() => client.deployments.deploy(target, version.version, decision));
  if (input.pipeline !== undefined) await client.pipelines.apply(input.pipeline, { who: WHO });
  const spec = await client.monitors.start(monitorSpecOf(target, scenario));
  return { spec, server: new Server(client, target.model) };
}

/** A worker that was just started may not poll yet. */
async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NoWorkerError) || attempt >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function serveUntil(input: ReplayInput, server: Server, rest: readonly StreamRow[], at: string): Promise<number> {
  const until = rest.findIndex((row) => row.ts >= at);
  const rows = until < 0 ? rest : rest.slice(0, until);
  if (rows.length === 0) return 0;
  const serving = await input.client.deployments.current(input.target);
  if (serving === null) throw new Error('nothing is deployed');
  const result = await input.client.predictions.log(input.target, await server.serve(serving, rows));
  const bad = result.quarantined[0];
  if (bad !== undefined) throw new Error(`a served row was set aside: ${bad.message}`);
  return rows.length;
}

/** The replay ends when the last row's window has been judged. */
function endOf(spec: MonitorSpec, rows: readonly StreamRow[]): string {
  const last = rows.at(-1);
  if (last === undefined) return spec.baseline.from;
  const size = durationMs(spec.window);
  const origin = ms(spec.baseline.from);
  const windows = Math.floor((ms(last.ts) - origin) / size) + 1;
  return iso(origin + windows * size + durationMs(spec.labelMaturity));
}

/** An experiment that the stream's end cuts off is nobody's win. */
async function stopCutOff(client: LoopwrightClient, target: ModelTarget): Promise<void> {
  const { open } = await client.monitors.status(target);
  if (open?.experiment == null) return;
  await client.challenges.stop(open.experiment, {
    who: WHO,
    reason: 'the stream ended before the experiment',
    decision: 'inconclusive',
  });
  while ((await client.monitors.status(target)).open !== null) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Outcomes in the order in which they become known. */
class OutcomeQueue {
  private readonly client: LoopwrightClient;
  private readonly target: ModelTarget;
  private readonly rows: StreamRow[];
  private next = 0;

  constructor(client: LoopwrightClient, target: ModelTarget, rows: readonly StreamRow[]) {
    this.client = client;
    this.target = target;
    const key = (row: StreamRow) => `${row.labelTs}/${row.predictionId}`;
    this.rows = [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  /** Every outcome known by then is durable when this returns. */
  async deliver(at: string): Promise<void> {
    const start = this.next;
    while (this.next < this.rows.length && this.rows[this.next]!.labelTs <= at) this.next += 1;
    const due = this.rows.slice(start, this.next);
    if (due.length === 0) return;
    await this.client.outcomes.log(
      this.target,
      due.map(({ predictionId, label, labelTs, value }) => ({
        predictionId,
        label,
        labelTs,
        ...(value === undefined ? {} : { value }),
      })),
    );
  }
}
