import type { DeploymentAction, ReplayReport, RetrainingDecision, Score } from '../contracts';
import { count, day, missing, orWhy, percent, sentence, signed } from './format';
import { html, tableOf } from './html';
import type { Html } from './html';
import { titleOf } from './plots/performance';

const number = (name: string) => ({ name, kind: 'number' as const });
const word = (name: string) => ({ name, kind: 'word' as const });

/** The frozen model against the loop, on the same rows. */
export function comparisonOf({ summary }: ReplayReport): Html {
  const { frozen, loop } = summary.overall;
  const line = (name: string, metric: keyof Score) => {
    const [a, b] = [frozen[metric], loop[metric]];
    const gain = a === null || b === null ? missing('nothing to compare') : signed(b - a, 4);
    return [name, orWhy(a, 'no labelled rows'), orWhy(b, 'no labelled rows'), gain];
  };
  return html`<p class="soft">
      Both on the same rows, served after the baseline; the frozen model is version 1, left alone.
    </p>
    ${tableOf(
      ['', number('frozen'), number('loop'), number('loop − frozen')],
      [
        line('accuracy (higher is better)', 'accuracy'),
        line('log loss (lower is better)', 'logLoss'),
        ['rows', count(frozen.n), count(loop.n), ''],
      ],
      'Frozen against loop',
    )}`;
}

/** The alerts, or a sentence that there was none. */
export function alertsOf({ alerts }: ReplayReport): Html {
  if (alerts.length === 0) return html`<p>No alert was raised.</p>`;
  return tableOf(
    [word('raised'), 'about', 'what was found last', 'severity', number('times'), 'answered by', word('resolved')],
    alerts.map(({ at, kind, subject, summary, severity, count: times, actions, resolution }) => [
      day(at),
      `${kind}: ${subject}`,
      summary,
      severity,
      count(times),
      actions.length === 0 ? 'nothing' : actions.join(', '),
      resolution === null ? 'not yet' : day(resolution.at),
    ]),
    'Alerts',
  );
}

const DECISIONS: Readonly<Record<RetrainingDecision, string>> = {
  promoted: 'promoted',
  'not-better': 'not better',
  inconclusive: 'inconclusive',
  'rolled-back': 'rolled back',
  failed: 'failed',
  rejected: 'rejected',
  cancelled: 'cancelled',
  'timed-out': 'timed out',
};

/** The retrainings, or a sentence that there was none. */
export function retrainingsOf({ summary, scenario }: ReplayReport): Html {
  const { retrainings } = summary;
  if (retrainings.length === 0) return html`<p>No alert asked for a retraining.</p>`;
  const judged = scenario.monitor.metric;
  // The summary keeps these two.
  const metric = judged === 'logLoss' ? 'logLoss' : 'accuracy';
  const score = (of: Score) => orWhy(of[metric], 'not judged');
  return html`<p class="soft">
      The challenger is trained on recent rows; both are judged by ${titleOf(judged)} on the same hold-out rows${judged === metric ? '' : '; shown is their accuracy'}.
    </p>
    ${tableOf(
      [word('asked for'), number('rows'), number('champion'), number('challenger'), word('decision'), 'reasons'],
      retrainings.map(({ at, rows, champion, challenger, decision, reasons }) => [
        day(at),
        count(rows),
        score(champion),
        score(challenger),
        DECISIONS[decision] ?? decision,
        sentence(reasons, 'no reason was recorded.'),
      ]),
      'Retrainings',
    )}`;
}

const ACTIONS: Readonly<Record<DeploymentAction, string>> = {
  deploy: 'deploy',
  'set-traffic': 'set traffic',
  promote: 'promote',
  'roll-back': 'roll back',
  'begin-rollout': 'begin rollout',
  abort: 'abort',
};

/** Every decision about what serves. */
export function ledgerOf({ ledger }: ReplayReport): Html {
  if (ledger.length === 0) return html`<p>Nothing was deployed.</p>`;
  return html`<p class="soft">
      Every decision about what serves: from when on, who made it and why. – means that the champion serves alone.
    </p>
    ${tableOf(
      [
        number('token'),
        word('effective at'),
        word('action'),
        number('champion'),
        number('challenger'),
        number('share'),
        'who',
        'reason',
      ],
      ledger.map(({ token, effectiveAt, action, champion, challenger, split, who, reason }) => [
        token,
        day(effectiveAt),
        ACTIONS[action] ?? action,
        champion,
        challenger,
        split === null ? null : percent(split.allocation),
        who,
        reason,
      ]),
      'Deployment ledger',
    )}`;
}
