/** `npm run bench -- monitoring`: what monitoring costs, in rows written and read, in Temporal actions, in memory. */
import { actionsOfADay } from './monitors/actions';
import { callers, columns, log } from './monitors/logging';
import { manyMonitors } from './monitors/many';
import { replayOfTheLongestRun } from './monitors/replay';
import { outcomes } from './monitors/signals';
import { day, month } from './monitors/windows';
import type { Suite } from './suite';

/** What is measured of monitoring; `monitors` is how many one worker is given. */
export const monitoringSuite = (monitors: number): Suite => ({
  log,
  callers,
  day,
  columns,
  month,
  outcomes,
  actions: actionsOfADay,
  replay: replayOfTheLongestRun,
  monitors: (bench) => manyMonitors(bench, monitors),
});
