import { SAMPLE_RATIO_ALARM } from '../contracts';
import type { ExperimentDecision, Look, ReplayReport } from '../contracts';
import { count, day, decimals, missing, orWhy, percent, plural, probability, sentence, signed } from './format';
import { html, tableOf } from './html';
import type { Html } from './html';
import { figure } from './plots/chart';
import { boundaryChart, estimateChart } from './plots/experiment';
import { titleOf } from './plots/performance';

type Experiment = ReplayReport['experiments'][number];

const DECISIONS: Readonly<Record<ExperimentDecision, string>> = {
  ship: 'Shipped: the challenger became the champion',
  rollback: 'Rolled back: the champion stays',
  stop: 'Stopped by an operator: the champion stays',
  invalid: 'Invalid: the split of the traffic was broken, so nothing was concluded',
  inconclusive: 'Inconclusive: no difference was shown, the champion stays',
};

/** The experiments of a replay, one after the other. */
export async function experimentsOf(report: ReplayReport): Promise<Html> {
  const { experiments } = report;
  if (experiments.length === 0) return html`<p>No experiment was run.</p>`;
  const parts: Html[] = [];
  // One after the other, for the order of what is drawn.
  for (const index of experiments.keys()) parts.push(await experimentOf(report, index));
  return html`${parts}`;
}

async function experimentOf({ experiments, scenario, summary }: ReplayReport, index: number): Promise<Html> {
  const experiment = experiments[index]!;
  const { id, champion, challenger, decision, looks } = experiment;
  const summed = summary.experiments[index];
  const last = looks.at(-1);
  const metric = titleOf(scenario.experiment.successMetric);
  const exposure = summed === undefined ? '' : `, ${day(summed.from)} to ${day(summed.to)}`;
  return html`<h3>${id}: version ${challenger} against version ${champion}</h3>
    <p><strong>${DECISIONS[decision] ?? decision}.</strong> Why: ${sentence(summed?.reasons ?? [], 'no reason was recorded.')}</p>
    <p class="soft">
      Judged by ${metric}${exposure}; ${percent(scenario.experiment.allocation)} of the traffic to the challenger,
      α ${scenario.experiment.alpha} over all looks${scenario.experiment.earlyStop ? ', may stop early' : ', decides at the last look only'}.
    </p>
    ${last === undefined ? html`<p>No look was taken.</p>` : await resultsOf(experiment, index + 1, last, metric)}`;
}

async function resultsOf(experiment: Experiment, number: number, last: Look, metric: string): Promise<Html> {
  return html`${armsOf(last)}
    <p class="soft">
      Sample ratio: sequential p ${probability(last.sampleRatioP)} under the planned split; below ${SAMPLE_RATIO_ALARM} the split counts as broken.
    </p>
    <div class="pair">
      ${await figure(estimateChart(experiment, number, metric))} ${await figure(boundaryChart(experiment, number))}
    </div>
    <details>
      <summary>${plural(experiment.looks.length, 'look')} as a table</summary>
      ${looksOf(experiment.looks)}
    </details>`;
}

const numbers = (...names: readonly string[]) => names.map((name) => ({ name, kind: 'number' as const }));

function armsOf({ arms }: Look): Html {
  return tableOf(
    ['arm', ...numbers('version', 'rows served', 'rows labelled', 'correct', 'accuracy', 'log loss')],
    arms.map(({ name, version, exposed, n, successes, accuracy, logLoss }) => [
      name,
      version,
      count(exposed),
      count(n),
      count(successes),
      orWhy(accuracy, 'no labelled rows'),
      orWhy(logLoss, 'no labelled rows'),
    ]),
    'Arms at the last look',
  );
}

const WITHOUT: Readonly<Record<Look['status'], string>> = {
  ok: 'cannot be computed',
  'no-data': 'an arm has no labelled rows',
  'no-new-information': 'no new labelled rows',
  'below-minimum': 'too few labelled rows',
};

function looksOf(looks: readonly Look[]): Html {
  return tableOf(
    [
      ...numbers('look'),
      { name: 'at', kind: 'word' },
      ...numbers('rows', 'difference', '95 % interval', 'z', 'bound', 'p (unadjusted)'),
      'decision',
    ],
    looks.map(({ k, at, status, n, difference, interval, z, bound, pValue, decision }) => {
      const why = WITHOUT[status] ?? status;
      return [
        k,
        day(at),
        count(n),
        difference === null ? missing(why) : signed(difference, 4),
        interval === null ? missing(why) : interval.map((end) => signed(end, 4)).join(' to '),
        z === null ? missing(why) : decimals(z),
        bound === null ? missing('no α spent') : decimals(bound),
        pValue === null ? missing(why) : probability(pValue),
        decision,
      ];
    }),
    'Looks',
  );
}
