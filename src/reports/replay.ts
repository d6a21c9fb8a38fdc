import type { ReplayReport } from '../contracts';
import { experimentsOf } from './experiments';
import { count, decimals, plural } from './format';
import { html, page } from './html';
import type { Html } from './html';
import { figure } from './plots/chart';
import type { Chart } from './plots/chart';
import { driftChart } from './plots/drift';
import { performanceChart } from './plots/performance';
import { alertsOf, comparisonOf, ledgerOf, retrainingsOf } from './tables';

/**
 * The report of a replay: one page, self-contained. The same data give the same page.
 * @throws Error naming the package to install when echarts is not there
 */
export async function renderReplayReport(report: ReplayReport): Promise<string> {
  const { scenario } = report;
  const body = html`<header>
      <h1>The loop on ${scenario.name}</h1>
      <p class="lead">${headline(report)}</p>
    </header>
    <main>
      <h2>Frozen against loop</h2>
      ${comparisonOf(report)}
      <h2>Performance by window</h2>
      ${await performanceOf(report)}
      <h2>Alerts</h2>
      ${alertsOf(report)}
      <h2>Drift by feature</h2>
      ${await drawn(driftChart(report), 'No window was compared with the training data.')}
      <h2>Experiments</h2>
      ${await experimentsOf(report)}
      <h2>Retrainings</h2>
      ${retrainingsOf(report)}
      <h2>Deployment ledger</h2>
      ${ledgerOf(report)}
    </main>
    <footer>
      <h2>Rows and histories</h2>
      ${bookkeepingOf(report)}
    </footer>`;
  return page({ title: `The loop on ${scenario.name}`, body });
}

/** What came of it, in one sentence. */
function headline({ summary, scenario, ledger }: ReplayReport): string {
  const { frozen, loop } = summary.overall;
  const promotions = ledger.filter(({ action }) => action === 'promote').length;
  const events = `${plural(summary.retrainings.length, 'retraining')}, ${plural(promotions, 'promotion')}.`;
  const metric = scenario.monitor.metric === 'logLoss' ? 'logLoss' : 'accuracy';
  const [a, b] = [frozen[metric], loop[metric]];
  if (a === null || b === null) return `Nothing was served after the baseline: ${events}`;
  const name = metric === 'accuracy' ? 'accuracy' : 'log loss';
  const served = `The loop served at ${name} ${decimals(b)} where the frozen model would have served at ${decimals(a)}`;
  return `${served}: ${gain(metric, a, b)} over ${plural(loop.n, 'prediction')}, ${events}`;
}

function gain(metric: 'accuracy' | 'logLoss', frozen: number, loop: number): string {
  const points = metric === 'accuracy' ? (loop - frozen) * 100 : frozen - loop;
  const text = metric === 'accuracy' ? `${decimals(Math.abs(points), 1)} points` : decimals(Math.abs(points));
  if (!/[1-9]/.test(text)) return 'no difference';
  return `${text} ${points > 0 ? 'better' : 'worse'}`;
}

async function performanceOf(report: ReplayReport): Promise<Html> {
  const { metric, minSamples } = report.scenario.monitor;
  const few = `No window has the ${plural(minSamples, 'labelled row')} that the monitor asks for.`;
  const accuracy = await drawn(performanceChart(report, 'accuracy'), few);
  // The loss takes room: it is drawn when something is decided by it.
  const byLoss = metric === 'logLoss' || report.scenario.experiment.successMetric === 'logLoss';
  const loss = byLoss ? performanceChart(report, 'logLoss') : null;
  const other =
    metric === 'auroc' ? html`<p>The monitor watches AUROC, which a replay does not keep by window.</p>` : '';
  return html`${other}${accuracy}${loss === null ? '' : await figure(loss)}`;
}

async function drawn(chart: Chart | null, otherwise: string): Promise<Html> {
  return chart === null ? html`<p>${otherwise}</p>` : figure(chart);
}

function bookkeepingOf({ summary }: ReplayReport): Html {
  const { predictions, outcomes, lost, duplicated, quarantined, historyEvents, seconds } = summary;
  const aside = Object.entries(quarantined).map(([reason, n]) => `${reason} (${count(n)})`);
  return html`<p>
      ${plural(predictions, 'prediction')} and ${plural(outcomes, 'outcome')} in the stores: ${count(lost)} lost,
      ${count(duplicated)} duplicated.
      ${aside.length === 0 ? 'No row of the stream was set aside.' : `Rows of the stream set aside: ${aside.join(', ')}.`}
    </p>
    <p class="soft">
      ${plural(historyEvents, 'event')} in the Temporal histories; replayed in ${decimals(seconds, 1)} seconds. Times are
      event times, in UTC.
    </p>`;
}
