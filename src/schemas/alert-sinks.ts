import { z } from 'zod';
import { NAME_RULE } from '../contracts';
import type { AlertSink } from '../contracts';
import { parseWith, SchemaError } from './parse';
import type { SchemaIssue } from './parse';
import { name } from './primitives';

/** A place that ships. Its address may hold a secret, so no error shows more than the host. */
export type AlertSinkSettings =
  /** POSTs JSON, signed with the secret. */
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string }
  /** Alertmanager's API v2; the address without `/api/v2/alerts`. */
  | { readonly kind: 'alertmanager'; readonly url: string }
  /** A Slack incoming webhook. */
  | { readonly kind: 'slack'; readonly url: string };

/** A host that may be asked or sent to: `host` on its scheme's port, or `host:port`. */
export type AllowedHost = string | { readonly host: string; readonly private: boolean };

/** Where a worker's alerts may go. */
export interface AlertSettings {
  /** By the names that `spec.alerts.sinks` holds; a sink of the user's own is an object with `deliver`. */
  readonly sinks: Readonly<Record<string, AlertSinkSettings | AlertSink>>;
  /** Every host that is sent to; one on a private or loopback address only with `private: true`. */
  readonly hosts?: readonly AllowedHost[] | undefined;
}

const secret = z.string().min(16, { error: 'expected a secret of 16 to 200 characters' }).max(200);
const url = z.string().refine(isAddress, { error: 'expected an http or https address without user and password' });

const settingsSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('webhook'), url, secret }),
    z.strictObject({ kind: z.literal('alertmanager'), url }),
    z.strictObject({ kind: z.literal('slack'), url }),
  ],
  { error: 'expected an object with kind webhook, alertmanager or slack, or one with a function deliver' },
);

/** Settings of a sink, or a sink; the union of both would only say "invalid input". */
const sink = z.unknown().transform((given, context): AlertSinkSettings | AlertSink => {
  if (isSink(given)) return given;
  const known = settingsSchema.safeParse(given);
  if (known.success) return known.data;
  for (const issue of known.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
});

const host = z.string().refine((text) => hostKey(text) !== null, { error: 'expected a host or host:port' });

const hostsSchema = z
  .array(
    z.union([host, z.strictObject({ host, private: z.boolean() })], {
      error: 'expected a host or host:port, or { host, private }',
    }),
  )
  .max(100)
  .default([]);

const alertSettingsSchema = z
  .strictObject({
    sinks: z.record(name, sink, {
      error: (issue) => (issue.code === 'invalid_key' ? `expected as a name ${NAME_RULE}` : undefined),
    }),
    hosts: hostsSchema,
  })
  .superRefine(({ sinks, hosts }, context) => {
    for (const [key, settings] of Object.entries(sinks)) {
      if (isSink(settings) || allowanceOf(settings.url, hosts) !== null) continue;
      const known = hosts.map((entry) => (typeof entry === 'string' ? entry : entry.host)).join(', ') || 'none';
      const message = `expected one of alerts.hosts (${known}), not ${new URL(settings.url).host}`;
      context.addIssue({ code: 'custom', path: ['sinks', key, 'url'], message, input: null });
    }
  }) satisfies z.ZodType<AlertSettings>;

/**
 * Checks where alerts may go.
 * @throws SchemaError with path and what is accepted; addresses and secrets are not repeated in it
 */
export function parseAlertSettings(value: unknown): z.output<typeof alertSettingsSchema> {
  try {
    return parseWith(alertSettingsSchema, value, 'alerts');
  } catch (error) {
    throw error instanceof SchemaError ? new SchemaError('alerts', error.issues.map(withoutSecrets)) : error;
  }
}

/**
 * Checks a list of hosts.
 * @throws SchemaError with path and what is accepted
 */
export function parseHosts(value: unknown, what: string): readonly AllowedHost[] {
  return parseWith(hostsSchema, value, what);
}

/** What is allowed for an address; null where its host is not listed. */
export function allowanceOf(address: string, hosts: readonly AllowedHost[]): { readonly private: boolean } | null {
  const { protocol, hostname, port } = new URL(address);
  const full = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
  const found = hosts
    .map((entry) => (typeof entry === 'string' ? { host: entry, private: false } : entry))
    .find((entry) => [full, ...(port === '' ? [hostname] : [])].includes(hostKey(entry.host)!));
  return found === undefined ? null : { private: found.private };
}

function isSink(value: unknown): value is AlertSink {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'deliver') === 'function';
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** A listed host as the URL parser writes it (`2130706433` is 127.0.0.1, names are lower case); null if it is none. */
function hostKey(text: string): string | null {
  const match = /^(\[[^\]]+\]|[^\s/?#@:[\]\\]+)(:\d{1,5})?$/.exec(text);
  if (match === null || !URL.canParse(`http://${match[1]!}`)) return null;
  return `${new URL(`http://${match[1]!}`).hostname}${match[2] ?? ''}`;
}

/** An address may be a secret (Slack's is), and what stands in a wrong place may be one too. */
function withoutSecrets(issue: SchemaIssue): SchemaIssue {
  const shown = !issue.path.startsWith('sinks.') || issue.path.endsWith('.kind') || issue.value === 'missing';
  return shown || issue.code === 'unrecognized_keys' ? issue : { ...issue, value: '(not shown)' };
}
