import type { ReplayReport } from '../contracts';
import type { Html } from './html';
import { html, page, show, tableOf } from './html';
import { figure } from './plots/chart';
import { driftChart } from './plots/drift';
import { boundaryChart, estimateChart } from './plots/experiment';
import { performanceChart } from './plots/performance';

/**
 * The report of a replay: one page, self-contained. The same data give the same page.
 * @throws Error naming the package to install when echarts is not there
 */
export async function renderReplayReport(report: ReplayReport): Promise<string> {
  const { scenario, summary } = report;
  const body = html`<header>
      <h1>The loop on ${scenario.name}</h1>
      <p class="lead">${headline(report)}</p>
    </header>
    <h2>Frozen against loop</h2>
    ${comparison(report)}
    <h2>Performance by window</h2>
    ${await figure(performanceChart(report, 'accuracy'))} ${await figure(performanceChart(report, 'logLoss'))}
    <h2>Drift by feature</h2>
    ${await driftOf(report)}
    <h2>Experiments</h2>
    ${await experimentsOf(report)}
    <h2>Retrainings</h2>
    ${retrainingsOf(report)}
    <h2>Deployment ledger</h2>
    <p class="soft">Every decision about what serves: from when on, who made it and why.</p>
    ${tableOf(
      ['token', 'effective', 'action', 'champion', 'challenger', 'share', 'who', 'reason'],
      report.ledger.map((entry) => [
        entry.token,
        entry.effectiveAt.slice(0, 10),
        entry.action,
        entry.champion,
        entry.challenger,
        entry.split?.allocation ?? null,
        entry.who,
        entry.reason,
      ]),
    )}
    <p class="soft">
      ${summary.predictions} predictions, ${summary.outcomes} outcomes, ${summary.lost} lost, ${summary.duplicated}
      duplicated; ${summary.historyEvents} events in the Temporal histories.
    </p>`;
  return page({ title: `The loop on ${scenario.name}`, body });
}

function headline({ summary }: ReplayReport): string {
  const { frozen, loop } = summary.overall;
  const promoted = summary.retrainings.filter(({ decision }) => decision === 'promoted').length;
  const events = `${summary.retrainings.length} retrainings, ${promoted} promoted`;
  if (frozen.accuracy === null || loop.accuracy === null) return `Nothing was served after the baseline. ${events}.`;
  const points = Math.round((loop.accuracy - frozen.accuracy) * 1_000) / 10;
  return `The loop served at accuracy ${show(loop.accuracy)}; the first model, left alone, would have served the same ${loop.n} rows at ${show(frozen.accuracy)}: ${points >= 0 ? '+' : '−'}${Math.abs(points)} points. ${events}.`;
}

function comparison({ summary }: ReplayReport): Html {
  const { frozen, loop } = summary.overall;
  const difference = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a);
  return tableOf(
    ['served after the baseline', 'frozen', 'loop', 'difference'],
    [
      ['accuracy', frozen.accuracy, loop.accuracy, difference(frozen.accuracy, loop.accuracy)],
      ['log loss (lower is better)', frozen.logLoss, loop.logLoss, difference(frozen.logLoss, loop.logLoss)],
      ['rows', frozen.n, loop.n, null],
    ],
  );
}

async function driftOf(report: ReplayReport): Promise<Html> {
  const chart = driftChart(report);
  return chart === null ? html`<p>No window was compared with the training data.</p>` : figure(chart);
}

async function experimentsOf({ experiments, scenario, summary }: ReplayReport): Promise<Html> {
  if (experiments.length === 0) return html`<p>No experiment was run.</p>`;
  const metric = scenario.experiment.successMetric === 'accuracy' ? 'accuracy' : 'log loss';
  const parts: Html[] = [];
  for (const [index, experiment] of experiments.entries()) {
    const { id, champion, challenger, decision, looks } = experiment;
    const last = looks.at(-1);
    parts.push(
      html`<h3>${id}: version ${challenger} against version ${champion} → ${decision}</h3>
        <p>
          ${(summary.experiments[index]?.reasons ?? []).join('; ')}.
          ${last === undefined ? 'No look was taken.' : `Sample ratio: sequential p ${show(last.sampleRatioP)}.`}
        </p>
        ${last === undefined ? '' : armsOf(last.arms)}`,
    );
    if (looks.length > 0)
      parts.push(await figure(estimateChart(experiment, metric)), await figure(boundaryChart(experiment)));
  }
  return html`${parts}`;
}

function armsOf(arms: ReplayReport['experiments'][number]['looks'][number]['arms']): Html {
  return tableOf(
    ['arm', 'version', 'rows served', 'rows labelled', 'right', 'accuracy', 'log loss'],
    arms.map((arm) => [arm.name, arm.version, arm.exposed, arm.n, arm.successes, arm.accuracy, arm.logLoss]),
  );
}

function retrainingsOf({ summary }: ReplayReport): Html {
  if (summary.retrainings.length === 0) return html`<p>No alert asked for a retraining.</p>`;
  return tableOf(
    ['asked for', 'rows', 'champion on the hold-out', 'challenger on the hold-out', 'decision', 'reasons'],
    summary.retrainings.map(({ at, rows, champion, challenger, decision, reasons }) => [
      at.slice(0, 10),
      rows,
      champion.accuracy,
      challenger.accuracy,
      decision,
      reasons.join('; '),
    ]),
  );
}
