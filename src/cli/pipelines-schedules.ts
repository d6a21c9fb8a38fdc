import { Option } from 'commander';
import type { Command } from 'commander';
import type { PipelineSchedule } from '../client';
import { workflowIds } from '../contracts';
import { parseWith } from '../schemas';
import { PIPELINE_OVERLAPS, pipelineDecisionSchema, scheduleChangeSchema } from '../schemas/pipeline-command';
import type { PipelineOverlap } from '../schemas/pipeline-command';
import { common, print, startsWork, within } from './context';
import type { OperatorDefaults, OperatorOptions } from './context';
import { fireOf } from './pipelines-words';
import { printFacts, printTable, when } from './table';

interface ScheduleOptions extends OperatorOptions {
  readonly overlap?: PipelineOverlap;
  readonly catchUp?: string;
  readonly jitter?: string;
  readonly pause?: boolean;
  readonly resume?: boolean;
  readonly who?: string;
  readonly reason?: string;
}

interface BackfillOptions extends OperatorOptions {
  readonly from: string;
  readonly to: string;
  readonly overlap?: PipelineOverlap;
}

/** Adds `schedule|backfill` to `pipeline`. */
export function addPipelineScheduleCommands(group: Command, defaults: OperatorDefaults): void {
  const schedule = group
    .command('schedule <name>')
    .description('when a pipeline runs next and what it ran lately; changes policies, pauses, resumes');
  common(schedule, defaults)
    .addOption(overlapOption('what becomes of a run whose time comes while another still runs'))
    .option('--catch-up <duration>', 'how late a run may still begin, such as 1h, when the server was away')
    .option('--jitter <duration>', 'by how much starts are spread, such as 5m; 0s takes it away')
    .addOption(new Option('--pause', 'starts no run until it is resumed').conflicts('resume'))
    .option('--resume', 'goes on')
    .option('--who <name>', 'who pauses or resumes it')
    .option('--reason <text>', 'why')
    .action((name: string, options: ScheduleOptions) =>
      within(options, async ({ client: { pipelines } }) => {
        const { overlap, catchUp, jitter, pause, resume } = options;
        const what = `schedule of ${name}`;
        parseWith(scheduleChangeSchema, { overlap, catchUp, jitter }, what);
        const { who, reason } = options;
        const turns = pause === true || resume === true;
        if ([who, reason].filter((word) => word !== undefined).length !== (turns ? 2 : 0))
          throw new Error(`${what}: --who NAME and --reason TEXT go with --pause or --resume, and with nothing else`);
        const decision = turns ? parseWith(pipelineDecisionSchema, { who, reason }, what) : { who: '', reason: '' };
        if ([overlap, catchUp, jitter].some((one) => one !== undefined))
          await pipelines.setSchedule(name, { overlap, catchUp, jitter });
        if (pause === true) await pipelines.pause(name, decision);
        if (resume === true) await pipelines.resume(name, decision);
        print(await pipelines.schedule(name), options, describeSchedule);
      }),
    );
  const backfill = group
    .command('backfill <name>')
    .description('starts the runs of a time that is over, as if it passed by now');
  startsWork(common(backfill, defaults))
    .requiredOption('--from <instant>', 'the first time that counts')
    .requiredOption('--to <instant>', 'the last time that counts')
    .addOption(overlapOption('one after another (buffer-all) unless given'))
    .action((name: string, options: BackfillOptions) =>
      within(options, async ({ client }) => {
        const { from, to, overlap } = options;
        const times = await client.pipelines.backfill(name, { from, to, overlap });
        const runs = times.map((at) => ({ at, run: `${workflowIds.pipeline(name, 'scheduled')}-${at.slice(0, 19)}Z` }));
        print(runs, options, (rows) => printTable(rows));
      }),
    );
}

function overlapOption(description: string): Option {
  return new Option('--overlap <policy>', description).choices([...PIPELINE_OVERLAPS]);
}

function describeSchedule(schedule: PipelineSchedule): string {
  const { pipeline, digest, cron, timezone, overlap, catchUp, jitter, paused, note, next, recent, skipped } = schedule;
  const facts = printFacts([
    ['schedule', `${cron}, ${timezone}`],
    ['runs', `${pipeline} ${digest}`],
    ['state', `${paused ? 'paused' : 'on'}${note === null ? '' : `, ${note}`}`],
    ['overlap', overlap],
    ['catch-up', catchUp],
    ['jitter', jitter],
    ...next.map((fire, k) => [k === 0 ? 'next' : '', fireOf(fire, timezone)] as const),
    ['left out', `${skipped.overlap} while another ran, ${skipped.catchUp} that came too late`],
  ]);
  if (recent.length === 0) return facts;
  const rows = recent.map(({ workflowId, startedAt, decision }) => {
    return { run: workflowId, started: when(startedAt), decision: decision ?? 'open' };
  });
  return `${facts}\n${printTable(rows)}`;
}
