import { SAMPLE_RATIO_ALARM } from '../contracts';
import type { DesignRecord, ExperimentAnalysis } from '../contracts';
import { looksOf, noveltyOf, resultsOf, segmentsOf } from './experiment-report-results';
import { actionOf, analysisOf, eventOf, headlineOf, ratioOf, SPENDINGS, together } from './experiment-report-words';
import { count, day, decimals, missing, orWhy, percent, plural, probability, sentence } from './format';
import { html, page, tableOf } from './html';
import type { Html } from './html';
import { drawn, figure } from './plots/chart';
import { effectChart, MOST_EFFECTS, sampleRatioChart } from './plots/experiment-course';
import { liftChart } from './plots/experiment-lifts';

/** What a page about an experiment is made of: its record and its analyses, oldest first. */
export interface ExperimentStory {
  readonly record: DesignRecord;
  readonly analyses: readonly ExperimentAnalysis[];
}

const number = (name: string) => ({ name, kind: 'number' as const });
const word = (name: string) => ({ name, kind: 'word' as const });

/**
 * The report of an experiment by a design: one page, self-contained. The same data give the same page.
 * @throws Error naming the package to install when echarts is not there
 */
export async function experimentReport({ record, analyses }: ExperimentStory): Promise<string> {
  const { design, result, looks, events } = record;
  const told = analyses.filter(({ comparisons }) => comparisons.length > 0);
  const shown = resultOf(record, told);
  const detailed = told.findLast(({ segments, weeks }) => segments.length + weeks.length > 0) ?? null;
  const title = `Experiment ${design.id}`;
  const body = html`<header>
      <h1>${title}</h1>
      <p class="lead">${headlineOf(record)}</p>
      ${result === null ? '' : html`<p>Why: ${sentence(result.reasons, 'no reason was recorded.')} ${actionOf(record)}</p>`}
      <p class="soft">Hypothesis: ${design.hypothesis}</p>
      ${factsOf(record)}
    </header>
    <main>
      <h2>Plan</h2>
      ${planOf(record, shown)}
      <h2>Results</h2>
      ${shown === null ? html`<p>Nothing has been analysed yet.</p>` : await resultsWithPlot(record, shown, analyses)}
      <h2>Effect over time</h2>
      ${await effectsOf(record, told)}
      <h2>Sample ratio</h2>
      ${await ratioWithPlot(analyses)}
      <h2>Segments</h2>
      ${segmentsOf(design, detailed)}
      <h2>Novelty</h2>
      ${noveltyOf(design, detailed)}
      <h2>Story</h2>
      ${storyOf(events)}
      <h2>Looks and checks</h2>
      ${looksOf(looks)}
    </main>
    <footer>
      <p class="soft">
        A look is planned and spends its part of α; a check between looks may stop an experiment, it ships nothing; a
        peek is asked for by a person and decides nothing. Times are in UTC.
      </p>
    </footer>`;
  return page({ title, body });
}

/** What was decided on; while nothing is decided the newest planned look, or what there is. */
function resultOf({ result }: DesignRecord, told: readonly ExperimentAnalysis[]): ExperimentAnalysis | null {
  const decided = told.findLast(({ at, kind }) => kind !== 'peek' && at === result?.decidedAt);
  return decided ?? told.findLast(({ kind }) => kind === 'look') ?? told.at(-1) ?? null;
}

function factsOf({ design, start, end, dropped }: DesignRecord): Html {
  const { sequential, alpha, criteria } = design;
  const looks =
    sequential.kind === 'always-valid'
      ? 'any look may decide (always-valid intervals)'
      : `${plural(sequential.looks, 'planned look')}, α spent ${SPENDINGS[sequential.spending]}`;
  const early = criteria.earlyStop ? `may decide early, not before ${criteria.minimumDuration}` : 'decides at the end';
  const exposure =
    start === null ? `not begun, ${design.duration} planned` : `${day(start)} to ${end === null ? 'open' : day(end)}`;
  return html`<p class="soft">
    Owner ${design.owner}; ${design.environment}; exposure ${exposure}; assigned by ${design.unit}. ${looks}, α ${alpha}; ${early}. Variants:
    ${design.variants.map(({ name, weight }) => together(`${name} ${percent(weight)}${dropped.includes(name) ? ' (closed)' : ''}`)).join(', ')}.
  </p>`;
}

function planOf({ plan, looks }: DesignRecord, shown: ExperimentAnalysis | null): Html {
  if (plan === null) return html`<p>No plan has been made yet.</p>`;
  const smallest =
    shown === null || shown.units.length === 0 ? null : Math.min(...shown.units.map(({ units }) => units));
  const traffic =
    plan.unitsPerDay === null
      ? 'Nothing told before the start how many units to expect.'
      : `${count(plan.unitsPerDay)} units a day were expected${plan.daysNeeded === null ? '' : `: ${decimals(plan.daysNeeded, 1)} days are needed`}.`;
  const said = [...plan.warnings, ...(plan.notes ?? [])].map((line) => html`<li>${line}</li>`);
  return html`<p>${traffic} ${plural(plan.looks, 'look')} planned, ${count(looks.filter(({ kind }) => kind === 'look').length)} taken.</p>
    ${said.length === 0 ? '' : html`<ul>${said}</ul>`}
    ${tableOf(
      [
        'success metric',
        ...['baseline', 'needed per arm', 'measured, smallest arm', 'effect found by the end'].map(number),
      ],
      plan.metrics.map(({ metric, baseline, unitsPerArm, detectableEffect }) => [
        metric,
        orWhy(baseline, 'not known before'),
        unitsPerArm === null ? missing('no baseline') : count(unitsPerArm),
        smallest === null ? missing('not analysed yet') : `${count(smallest)}${shareOf(smallest, unitsPerArm)}`,
        detectableEffect === null ? missing('no baseline') : percent(detectableEffect),
      ]),
      'Needed and measured units',
    )}`;
}

function shareOf(measured: number, needed: number | null): string {
  return needed === null || needed === 0 ? '' : ` (${percent(measured / needed)})`;
}

async function resultsWithPlot(
  { design }: DesignRecord,
  shown: ExperimentAnalysis,
  analyses: readonly ExperimentAnalysis[],
): Promise<Html> {
  const peeks = analyses.filter(({ kind }) => kind === 'peek').length;
  const peek = shown.kind === 'peek' ? ' A peek: it decides nothing, and its intervals are the always-valid ones.' : '';
  const others = peeks === 0 ? '' : ` ${plural(peeks, 'peek')} by people decided nothing.`;
  return html`<p class="soft">
      From the ${analysisOf(shown)}, units first exposed before ${day(shown.exposedTo)}.${peek}${others}
      ${shown.crossed === 0 ? '' : `${plural(shown.crossed, 'unit')} were seen in more than one variant; they count where they were first.`}
    </p>
    ${await drawn(liftChart(design, shown), 'No lift could be computed, so there is nothing to draw.')}
    ${resultsOf(design, shown)}
    ${shown.notes.length === 0 ? '' : html`<ul>${shown.notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

async function effectsOf({ design }: DesignRecord, told: readonly ExperimentAnalysis[]): Promise<Html> {
  const [, ...treatments] = design.variants.map(({ name }) => name);
  const pairs = design.metrics
    .filter(({ role }) => role === 'success')
    .flatMap(({ name }) => treatments.map((variant) => ({ metric: name, variant })));
  const charts = pairs.slice(0, MOST_EFFECTS).map((pair, index) => effectChart(told, pair, index + 1));
  const parts: Html[] = [];
  // One after the other, for the order of what is drawn.
  for (const chart of charts) if (chart !== null) parts.push(await figure(chart));
  if (parts.length === 0) return html`<p>No effect has been measured yet.</p>`;
  const left =
    pairs.length > MOST_EFFECTS ? html`<p class="soft">Shown are ${MOST_EFFECTS} of ${pairs.length}.</p>` : '';
  return html`<div class="pair">${parts}</div>
    ${left}`;
}

async function ratioWithPlot(analyses: readonly ExperimentAnalysis[]): Promise<Html> {
  const last = analyses.at(-1);
  if (last === undefined) return html`<p>The split has not been looked at yet.</p>`;
  const { sequentialP, chiSquareP } = last.sampleRatio;
  return html`<p>
      ${ratioOf(sequentialP)} Sequential p ${probability(sequentialP)}, alarm below ${SAMPLE_RATIO_ALARM}; χ² p
      ${chiSquareP === null ? missing('not computed') : probability(chiSquareP)}.
    </p>
    <div class="pair">
      ${await drawn(sampleRatioChart(analyses), '')}
      <div>
        ${tableOf(
          ['variant', number('units at the last analysis')],
          last.units.map(({ variant, units }) => [variant, count(units)]),
          'Units by variant',
        )}
      </div>
    </div>`;
}

function storyOf(events: DesignRecord['events']): Html {
  if (events.length === 0) return html`<p>Nothing has happened yet.</p>`;
  return tableOf(
    [word('at'), word('what'), 'who', 'reason'],
    events.map((event) => [day(event.at), eventOf(event), event.who, event.reason]),
    'Story',
  );
}
