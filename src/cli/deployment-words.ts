import type { DeploymentStatus, LedgerEntry, Rollout, Serving } from '../contracts';
import { versionName } from '../contracts';
import { printFacts, printTable, when } from './table';

/** Every entry of a ledger, oldest first, as columns. */
export function ledgerTable(entries: readonly LedgerEntry[]): string {
  return printTable(
    entries.map((entry) => ({
      token: entry.token,
      effective: when(entry.effectiveAt),
      recorded: when(entry.recordedAt),
      action: entry.action,
      champion: entry.champion,
      challenger: challengerOf(entry),
      who: entry.who,
      'by run': entry.by === undefined ? null : `${entry.by.workflowId} ${entry.by.runId.slice(0, 8)}`,
      evidence: entry.evidence?.length ?? 0,
      reason: reasonOf(entry),
    })),
  );
}

/** What serves, of every target. */
export function servingTable(servings: readonly Serving[]): string {
  return printTable(
    servings.map((serving) => ({
      model: serving.model,
      environment: serving.environment,
      champion: serving.champion,
      challenger: challengerOf(serving),
      previous: serving.previous,
      rollout: serving.rollout ?? null,
      token: serving.token,
      since: when(serving.effectiveAt),
    })),
  );
}

/** Where a deployment stands: what serves, who said so, the rollout under way. */
export function describeStatus(status: DeploymentStatus, newest: LedgerEntry | null): string {
  const { serving, rollout, lastRollout } = status;
  if (serving === null) return 'nothing is deployed\n';
  return printFacts([
    ['deployment', `${serving.model} in ${serving.environment}`],
    ['champion', versionName(serving.model, serving.champion)],
    ['challenger', challengerOf(serving) ?? 'none'],
    ['previous', serving.previous],
    ['effective at', when(serving.effectiveAt)],
    ['token', serving.token],
    ['decided', newest === null ? 'nothing in the ledger' : `${newest.action} by ${newest.who}: ${newest.reason}`],
    ...(rollout == null ? [['rollout', 'none'] as const] : rolloutFacts(rollout)),
    ...(lastRollout == null
      ? []
      : [
          [
            'last rollout',
            `${versionName(serving.model, lastRollout.version)} ${lastRollout.outcome} at ${when(lastRollout.at)}: ${lastRollout.reasons.join('; ')}`,
          ] as const,
        ]),
  ]);
}

function rolloutFacts(rollout: Rollout): (readonly [string, string | number | null])[] {
  const { strategy, step, held } = rollout;
  const of =
    strategy.kind === 'canary' && rollout.phase === 'stepping'
      ? `, step ${step + 1} of ${strategy.steps.length}: ${percent(strategy.steps[step]!.allocation)} of the traffic`
      : '';
  return [
    ['rollout', `${strategy.kind} of version ${rollout.version}, by ${rollout.who}: ${rollout.reason}`],
    ['phase', `${rollout.phase}${of}${held === 0 ? '' : `, held again ${held}×`}`],
    ['since', when(rollout.since)],
    ['next judgement', rollout.dueAt === null ? 'now' : `${when(rollout.dueAt)}, ${rollout.clock} clock`],
    ['found', rollout.findings.join('; ') || 'nothing yet'],
  ];
}

/**
 * What served at an instant, since when, why, decided by whom and on which evidence; in sentences.
 * @param history the ledger, oldest first
 */
export function explain(at: string, entry: LedgerEntry, history: readonly LedgerEntry[]): string {
  const began = championSince(entry, history);
  const name = versionName(entry.model, entry.champion);
  const lines = [`At ${when(at)} ${name} served ${entry.model} in ${entry.environment}, ${sinceWhy(began)}.`];
  if (entry.token !== began.token) lines.push(`${capital(divided(entry))} ${sinceWhy(entry)}.`);
  const evidence = [...new Set([...(began.evidence ?? []), ...(entry.evidence ?? [])])];
  lines.push(evidence.length === 0 ? 'No evidence was given.' : 'It rests on:');
  return `${[...lines, ...evidence.map((each) => `    ${each}`)].join('\n')}\n`;
}

/** The entry with which the champion of an entry began to serve without a break. */
function championSince(entry: LedgerEntry, history: readonly LedgerEntry[]): LedgerEntry {
  const earlier = history.filter(({ token, effectiveAt }) => token < entry.token && effectiveAt <= entry.effectiveAt);
  let began = entry;
  for (const each of earlier.reverse()) {
    if (each.champion !== entry.champion) break;
    began = each;
  }
  return began;
}

function sinceWhy(entry: LedgerEntry): string {
  const run = entry.by === undefined ? '' : ` (run ${entry.by.runId} of ${entry.by.workflowId})`;
  return `since ${when(entry.effectiveAt)} (token ${entry.token}): ${entry.action} by ${entry.who}${run}, because ${reasonOf(entry)}`;
}

function divided(entry: LedgerEntry): string {
  const challenger = challengerOf(entry);
  return challenger === null ? 'alone' : `with ${challenger}`;
}

function reasonOf({ reason, origin }: LedgerEntry): string {
  return origin === undefined ? reason : `${reason} [from ${origin.environment}, token ${origin.token}]`;
}

/** `3 at 50 % (bike.production.1)`, `3 in the shadow`, or null. */
function challengerOf({ challenger, split, shadow }: Serving): string | null {
  if (challenger !== null && split !== null)
    return `${challenger} at ${percent(split.allocation)} (${split.experiment})`;
  if (challenger !== null) return String(challenger);
  return shadow == null ? null : `${shadow} in the shadow`;
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
