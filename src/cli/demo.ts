import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { LoopwrightClient } from '../client';
import { SEARCH_ATTRIBUTE_NAMES } from '../contracts';
import type { ModelTarget, ReplayReport, Scenario, Summary } from '../contracts';
import { startEngines } from '../engines';

import { renderReplayReport } from '../reports';
import { parseWith, scenarioSchema } from '../schemas';
import type { PipelineSpecInput } from '../schemas';
import { MONGO_OPTIONS, openStores } from '../stores';
import { ChildWorker, prebuildBundle } from './child-worker';
import { Killer } from './killer';
import { replay } from './replay/replay';
import { readStream } from './replay/stream';
import { summarizeReplay } from './replay/summary';
import { Story, Terminal } from './story';
import { fileReader } from './yaml';

/** Options of `loopwright demo`. */
export interface DemoOptions {
  readonly stream: string;
  readonly scenario: string;
  readonly json?: string | undefined;
  readonly report?: string | undefined;
  readonly keep?: boolean | undefined;
  /** How often the worker is killed inside the loop. */
  readonly killWorker?: number | undefined;
  readonly seed?: number | undefined;
  readonly activitySlots?: number | undefined;
}

const PACKAGE_ROOT = resolve(__dirname, '../../..');

/** The stream, the scenario and the pipeline that ship. */
export const SAMPLE = {
  stream: join(PACKAGE_ROOT, 'data/bike-hourly.ndjson.gz'),
  scenario: join(PACKAGE_ROOT, 'data/bike-hourly.scenario.json'),
  pipeline: join(PACKAGE_ROOT, 'examples/pipelines/bike-demand.yaml'),
} as const;

/** Reads and checks a scenario. */
export async function readScenario(file: string): Promise<Scenario> {
  const text = await readFile(file, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`);
  }
  return parseWith(scenarioSchema, value, file);
}

/** The declaration of the pipeline that a scenario's retrainings name: the one that ships is the one that is known. */
async function trainingOf({ retrain }: Scenario, file: string): Promise<PipelineSpecInput | undefined> {
  if (retrain.pipeline === undefined) return undefined;
  const { pipeline, input } = await fileReader('./pipelines-file').readPipeline(SAMPLE.pipeline);
  if (retrain.pipeline.name === pipeline.name) return input;
  const found = JSON.stringify(retrain.pipeline.name);
  throw new Error(`${file}: retrain.pipeline.name is ${found}: expected ${pipeline.name}, which the demo applies`);
}

/** Replays a stream through the whole loop on real engines and says what came of it. */
export async function demo(options: DemoOptions, terminal = new Terminal()): Promise<Summary> {
  const scenario = await readScenario(options.scenario);
  const pipeline = await trainingOf(scenario, options.scenario);
  const stream = await readStream(options.stream, scenario.end);
  const log = (line: string) => terminal.line(line);
  log(
    `${scenario.name}: ${stream.rows.length} rows${stream.quarantined.length > 0 ? `, ${stream.quarantined.length} lines set aside` : ''}`,
  );
  const searchAttributes = SEARCH_ATTRIBUTE_NAMES.map((name) => ({ name, type: 'Keyword' as const }));
  const [engines, bundle] = await Promise.all([startEngines({ ui: true, searchAttributes, log }), prebuildBundle()]);
  const { temporal: server, mongo: store } = engines;
  if (server.uiAddress !== undefined) log(`Temporal UI: ${server.uiAddress}`);
  const stamp = Date.now().toString(36);
  const target: ModelTarget = { model: scenario.name, environment: server.provided ? `replay-${stamp}` : 'production' };
  const where = { database: `loopwright-replay-${stamp}`, taskQueue: `loopwright-replay-${stamp}` };
  const mongo = await MongoClient.connect(store.uri, MONGO_OPTIONS);
  const connection = await Connection.connect({ address: server.address });
  const worker = new ChildWorker({
    address: server.address,
    namespace: server.namespace,
    mongodb: store.uri,
    bundle: bundle.path,
    activitySlots: options.activitySlots,
    ...where,
  });
  try {
    const temporal = new Client({ connection, namespace: server.namespace });
    const db = mongo.db(where.database, MONGO_OPTIONS);
    const client = new LoopwrightClient({ temporal, mongo, db, taskQueue: where.taskQueue, warn: log });
    const stores = openStores(mongo, db);
    await client.migrate();
    await worker.start();
    const started = Date.now();
    const killer = new Killer({
      worker,
      temporal,
      target,
      stores,
      kills: options.killWorker ?? 0,
      seed: options.seed,
      log,
    });
    killer.start();
    await replay({ client, target, scenario, stream, pipeline, listener: new Story(client, target, terminal) });
    terminal.clear();
    const seconds = (Date.now() - started) / 1_000;
    await killer.finish();
    const report = await summarizeReplay({ client, temporal, stores, target, scenario, stream, seconds });
    await publish(report, options, terminal);
    log(`worker: ${Math.round(worker.maxRssKiB / 1024)} MB at its largest`);
    if (options.keep === true) await keep(log, server.uiAddress);
    return report.summary;
  } finally {
    terminal.clear();
    await worker.stop();
    if (server.provided || store.provided) await mongo.db(where.database).dropDatabase();
    await connection.close();
    await mongo.close();
    await bundle.remove();
    await engines.stop();
  }
}

async function publish(report: ReplayReport, options: DemoOptions, terminal: Terminal): Promise<void> {
  const { summary } = report;
  for (const line of tableOf(summary)) terminal.line(line);
  const path = options.report ?? join(await mkdtemp(join(tmpdir(), 'loopwright-report-')), `${summary.scenario}.html`);
  await writeFile(path, await renderReplayReport(report));
  terminal.line(`report: ${path}`);
  if (options.json === undefined) return;
  await writeFile(options.json, `${JSON.stringify(summary, null, 2)}\n`);
  terminal.line(`summary: ${options.json}`);
}

function tableOf(summary: Summary): string[] {
  const { frozen, loop } = summary.overall;
  const cell = (value: number | null) => (value === null ? '–' : value.toFixed(4)).padStart(10);
  const promoted = summary.retrainings.filter(({ decision }) => decision === 'promoted').length;
  return [
    '',
    `${'served after the baseline'.padEnd(28)}${'frozen'.padStart(10)}${'loop'.padStart(10)}`,
    `${'accuracy'.padEnd(28)}${cell(frozen.accuracy)}${cell(loop.accuracy)}`,
    `${'log loss'.padEnd(28)}${cell(frozen.logLoss)}${cell(loop.logLoss)}`,
    `${'rows'.padEnd(28)}${String(frozen.n).padStart(10)}${String(loop.n).padStart(10)}`,
    '',
    `first alert ${summary.firedAt ?? 'none'} · ${summary.retrainings.length} retrainings, ${promoted} promoted · ${summary.experiments.length} experiments`,
    `${summary.predictions} predictions, ${summary.outcomes} outcomes, ${summary.lost} lost, ${summary.duplicated} duplicated · ${summary.historyEvents} history events · ${summary.seconds.toFixed(1)} s`,
  ];
}

/** Leaves the engines up until the user has seen enough. */
async function keep(log: (line: string) => void, ui: string | undefined): Promise<void> {
  log(`everything stays up${ui === undefined ? '' : `: ${ui}`} · Ctrl-C ends it`);
  await new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}
