import { createAlertSinks } from '../../../src/adapters/alert';
import type { AlertSettings } from '../../../src/schemas';
import { notification } from '../../support/alerts';
import { startReceiver } from '../../support/receiver';

const SECRET = 'a secret of some length';
const SLACK = 'https://hooks.slack.com/services/T0/B0/x1y2z3';

function messageOf(settings: unknown): string {
  try {
    createAlertSinks(settings as AlertSettings);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

const one = (url: string, hosts: unknown[] = []): unknown => ({ sinks: { am: { kind: 'alertmanager', url } }, hosts });

test('each kind is made under its name, and a sink of the user’s own stays what it is', () => {
  const own = { deliver: async () => undefined };
  const sinks = createAlertSinks({
    sinks: {
      ops: { kind: 'webhook', url: 'https://Ops.example.com:8443/in', secret: SECRET },
      am: { kind: 'alertmanager', url: 'http://am.example.com' },
      chat: { kind: 'slack', url: SLACK },
      own,
    },
    hosts: ['ops.example.com:8443', 'AM.example.com:80', 'hooks.slack.com'],
  });
  expect(Object.keys(sinks)).toEqual(['ops', 'am', 'chat', 'own']);
  expect(sinks.own).toBe(own);
});

test('the sinks that are made send to their kind', async () => {
  const receiver = await startReceiver();
  const sinks = createAlertSinks({
    sinks: {
      ops: { kind: 'webhook', url: receiver.url, secret: SECRET },
      am: { kind: 'alertmanager', url: receiver.url },
      chat: { kind: 'slack', url: receiver.url },
    },
    hosts: [{ host: receiver.host, private: true }],
  });
  for (const sink of Object.values(sinks)) await sink.deliver(notification());
  await receiver.close();
  const [ops, am, chat] = receiver.received.map(({ path, body }) => ({ path, body: JSON.parse(body) }));
  expect(ops!.body.event).toBe('opened');
  expect(am!.path).toBe('/api/v2/alerts');
  expect(chat!.body.blocks).toHaveLength(4);
});

test.each([
  [one('ftp://a.example.com'), 'sinks.am.url', 'expected an http or https address'],
  [one('nowhere'), 'sinks.am.url', 'expected an http or https address'],
  [one('https://user:hunter2@a.example.com', ['a.example.com']), 'sinks.am.url', 'without user and password'],
  [one('https://a.example.com'), 'sinks.am.url', 'alerts.hosts (none), not a.example.com'],
  [one('https://a.example.com:8443', ['a.example.com']), 'sinks.am.url', 'not a.example.com:8443'],
  [one('https://a.example.com', ['a.example.com:80']), 'sinks.am.url', 'not a.example.com'],
  [one('https://a.example.com.evil.org', ['a.example.com']), 'sinks.am.url', 'not a.example.com.evil.org'],
  [one('https://evil.org/a.example.com', ['a.example.com']), 'sinks.am.url', 'not evil.org'],
  [one('http://127.0.0.1:9093', ['127.0.0.1:9093']), 'sinks.am.url', 'private: true'],
  [one('http://2130706433/', ['2130706433']), 'sinks.am.url', '127.0.0.1'],
  [one('http://0177.0.0.1/', ['127.0.0.1']), 'sinks.am.url', 'private: true'],
  [one('http://[::1]:9093', ['[::1]:9093']), 'sinks.am.url', '::1'],
  [one('http://[::ffff:127.0.0.1]', ['[::ffff:127.0.0.1]']), 'sinks.am.url', 'private: true'],
  [one('http://169.254.169.254', [{ host: '169.254.169.254', private: false }]), 'sinks.am.url', 'private: true'],
  [one('https://a.example.com', ['https://a.example.com/']), 'hosts.0', 'expected a host or host:port'],
  [one('https://a.example.com', ['*.example.com/x']), 'hosts.0', 'expected a host or host:port'],
  [{ sinks: { 'a/b': { kind: 'slack', url: SLACK } } }, 'sinks.a/b', 'letters, digits'],
  [{ sinks: { chat: { kind: 'teams', url: SLACK } } }, 'sinks.chat.kind', 'webhook, alertmanager or slack'],
  [{ sinks: { chat: SLACK } }, 'sinks.chat', 'expected an object with kind'],
  [{ sinks: { chat: { kind: 'slack' } } }, 'sinks.chat.url', 'missing'],
  [{ sinks: { ops: { kind: 'webhook', url: SLACK, secret: 'hunter2' } } }, 'sinks.ops.secret', '16 to 200 characters'],
  [{ sinks: { chat: { kind: 'slack', url: SLACK, channel: 'x' } } }, 'sinks.chat.channel', 'not a known field'],
  [{ sinks: {}, host: [] }, 'host', 'not a known field'],
])('%j is refused with path and what is accepted, and without secrets', (settings, path, words) => {
  const message = messageOf(settings);
  expect(message).toContain(`${path} is`);
  expect(message).toContain(words);
  expect(message).not.toMatch(/x1y2z3|hunter2/);
});
