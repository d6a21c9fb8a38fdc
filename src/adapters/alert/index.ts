import type { AlertSink } from '../../contracts';
import { allowanceOf, parseAlertSettings, SchemaError } from '../../schemas';
import type { AlertSettings, AlertSinkSettings } from '../../schemas';
import { privateLiteral } from '../http';
import type { Endpoint } from '../http';
import { alertmanagerSink } from './alertmanager';
import { slackSink } from './slack';
import { webhookSink } from './webhook';

/** Sinks by name. */
export type AlertSinks = Readonly<Record<string, AlertSink>>;

/**
 * The sinks of a worker.
 * @throws SchemaError where a setting is wrong, a host is not listed, or an address is private without being allowed
 */
export function createAlertSinks(settings: AlertSettings): AlertSinks {
  const { sinks, hosts } = parseAlertSettings(settings);
  return Object.fromEntries(
    Object.entries(sinks).map(([name, sink]) => {
      if ('deliver' in sink) return [name, sink];
      const endpoint = { url: new URL(sink.url), allowPrivate: allowanceOf(sink.url, hosts)!.private };
      const address = privateLiteral(endpoint);
      if (address === null) return [name, open(sink, endpoint)];
      const expected = `expected a public address: list it as { host: '${endpoint.url.host}', private: true } if alerts may go there`;
      throw new SchemaError('alerts', [{ path: `sinks.${name}.url`, value: address, expected, code: 'custom' }]);
    }),
  );
}

function open(settings: AlertSinkSettings, endpoint: Endpoint): AlertSink {
  switch (settings.kind) {
    case 'webhook':
      return webhookSink(endpoint, settings.secret);
    case 'alertmanager':
      return alertmanagerSink(endpoint);
    case 'slack':
      return slackSink(endpoint);
  }
}
