/** A worker in a process of its own that kills itself at one point of a saga; started by `mortal-worker.ts`. */
import type { PayloadCodec } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { PipelineSettings } from '../../src/contracts';
import { LoopwrightPlugin } from '../../src/plugin';

/** Where the process ends: before an activity does anything, when all is done and not said, when its answer is read. */
export type Moment = 'before' | 'during' | 'after';

/** The n-th run of an activity on a queue, and when the worker dies over it. */
export interface Death {
  readonly activity: string;
  readonly visit: number;
  readonly moment: Moment;
}

/** What the process is told. */
export interface MortalTask extends Death {
  readonly database: string;
  readonly taskQueue: string;
  /** What carries out stages; no functions, for it is sent. */
  readonly pipelines?: PipelineSettings | undefined;
}

const die = () => process.kill(process.pid, 'SIGKILL');

async function work({ activity, visit, moment, database, taskQueue, pipelines }: MortalTask): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  let [visits, isSaid] = [0, false];
  const failpoint = (name: string): void => {
    if (name !== `${moment === 'before' ? 'before' : 'after'}-effect/${activity}`) return;
    visits += 1;
    if (visits !== visit) return;
    if (moment !== 'after') die();
    isSaid = true;
  };
  // The first payload that comes in once the activity has answered is that answer, with the workflow task that it made.
  const codec: PayloadCodec = {
    encode: (payloads) => Promise.resolve(payloads),
    decode: (payloads) => {
      if (isSaid) die();
      return Promise.resolve(payloads);
    },
  };
  const mongodb = { uri: process.env.LOOPWRIGHT_TEST_MONGODB!, database };
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: process.env.LOOPWRIGHT_TEST_TEMPORAL! }),
    taskQueue,
    plugins: [new LoopwrightPlugin({ mongodb, pipelines, failpoint })],
    dataConverter: { payloadCodecs: [codec] },
    workflowBundle: { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! },
    stickyQueueScheduleToStartTimeout: '1s',
  });
  const running = worker.run();
  process.send!('ready');
  await running;
}

process.once('message', (task: MortalTask) => {
  void work(task);
});
// Whoever started it is gone: so is what it was started for.
process.once('disconnect', die);
