import type { AlertChange, AlertPolicy } from '../contracts';

/** The sinks that are told of a change, by the alert's actions; an escalated one goes further. In order of name. */
export function sinksOf(policy: AlertPolicy, { event, alert }: AlertChange): readonly string[] {
  const sinks = new Set<string>();
  if (alert.actions.includes('notify')) for (const sink of policy.sinks) sinks.add(sink);
  if (alert.actions.includes('notify-data-engineers'))
    for (const sink of policy.dataEngineers ?? policy.sinks) sinks.add(sink);
  if (event === 'escalated' || alert.escalatedAt !== null)
    for (const sink of policy.escalation?.sinks ?? []) sinks.add(sink);
  return [...sinks].sort();
}
