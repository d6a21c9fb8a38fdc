import type { AlertNotification, AlertSink } from '../../contracts';
import { postJson } from '../http';
import type { Endpoint } from '../http';
import { amount, costLine } from './words';

/** Slack's own limits on a header, a section and a field. */
const LIMITS = { header: 150, section: 3_000, field: 2_000 } as const;

/** Posts to a Slack incoming webhook, which has no de-duplication: a lost answer may mean a second message. */
export function slackSink(endpoint: Endpoint): AlertSink {
  return { deliver: (notification) => postJson(endpoint, JSON.stringify(messageOf(notification))) };
}

/** The message: every text is plain, so nothing from outside becomes a mention, a link or formatting. */
export function messageOf({ event, target, alert }: AlertNotification): object {
  const title = `${event}: ${alert.kind} of ${target.model} in ${target.environment}, ${alert.severity}`;
  const fields = [
    ['Subject', alert.subject],
    ['Value', amount(alert.value)],
    ['Level', amount(alert.level)],
    ['Rows', String(alert.n)],
    ['Since', alert.at],
    ['Found in', `${alert.count} looks`],
    ...(alert.cost === null ? [] : [['Costs', costLine(alert.cost)]]),
    ...(alert.who === undefined ? [] : [['By', alert.note === undefined ? alert.who : `${alert.who}: ${alert.note}`]]),
  ];
  const done = [...alert.actions, ...alert.withheld.map(({ action, reason }) => `not ${action} (${reason})`)];
  return {
    text: escaped(`${title}\n${alert.summary}`, LIMITS.section),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title, LIMITS.header) },
      { type: 'section', text: plain(alert.summary || '–', LIMITS.section) },
      { type: 'section', fields: fields.map(([name, value]) => plain(`${name}\n${value}`, LIMITS.field)) },
      {
        type: 'context',
        elements: [plain(`Done: ${done.join(', ') || 'nothing'}\n${alert.fingerprint}`, LIMITS.field)],
      },
    ],
  };
}

function plain(text: string, limit: number): object {
  return { type: 'plain_text', text: escaped(text, limit), emoji: false };
}

/** `&`, `<` and `>` start Slack's mentions, links and commands. Cut first: half an escape would be shown as it is. */
function escaped(text: string, limit: number): string {
  let shown = '';
  for (const character of text) {
    const next = ESCAPES[character] ?? character;
    if (shown.length + next.length >= limit) return `${shown}…`;
    shown += next;
  }
  return shown;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
