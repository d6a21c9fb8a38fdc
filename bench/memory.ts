/** Judges a batch in a process of its own and prints the most memory it held: run by the benchmark. */
import { statistics } from './library';
import { ROWS } from './rows/drift';
import { columnsOf, tableOf } from './rows/tables';

const held = () => Math.round(process.resourceUsage().maxRSS / 1_024);
const [before, now] = [columnsOf(tableOf(ROWS, 41, 0)), columnsOf(tableOf(ROWS, 43, 0.02))];
const data = held();
const reference = statistics.driftReference(before, { version: '1' });
for (let batch = 0; batch < 5; batch += 1) statistics.judgeBatch(reference, now);
console.log(JSON.stringify({ dataMegabytes: data, peakMegabytes: held() }));
