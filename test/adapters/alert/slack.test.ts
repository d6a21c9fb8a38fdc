import fc from 'fast-check';
import { messageOf, slackSink } from '../../../src/adapters/alert/slack';
import { notification } from '../../support/alerts';
import { startReceiver } from '../../support/receiver';

/** Every text of a message. */
function textsOf(value: unknown): { type: unknown; text: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = typeof Reflect.get(value, 'text') === 'string' ? [value as { type: unknown; text: string }] : [];
  return [...own, ...Object.values(value).flatMap(textsOf)];
}

test('text and blocks are posted', async () => {
  const receiver = await startReceiver();
  const sink = slackSink({ url: new URL(`${receiver.url}services/T/B/x`), allowPrivate: true });
  await sink.deliver(notification({ who: 'ann', note: 'a heat wave' }));
  await receiver.close();
  const message = JSON.parse(receiver.received[0]!.body);
  expect(message.text).toContain('temp is distributed otherwise');
  expect(message.blocks.map(({ type }: any) => type)).toEqual(['header', 'section', 'section', 'context']);
  expect(JSON.stringify(message)).toContain('ann: a heat wave');
});

test('nothing from outside becomes a mention, a link or formatting, and Slack’s limits hold', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '<!channel>',
      '<https://evil.example|click>',
      '&lt;',
      '*bold*',
      '\u0000',
      '🙂'.repeat(3_000),
      '&'.repeat(5_000),
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(nasty, nasty, nasty, (subject, summary, note) => {
      const withheld = [{ action: 'retrain', reason: note } as const];
      const message = messageOf(notification({ subject, summary, note, who: subject, fingerprint: summary, withheld }));
      for (const { type, text } of textsOf(message)) {
        expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
        expect(text.length).toBeLessThanOrEqual(3_000);
        expect(text.length).toBeGreaterThan(0);
        // The fallback has no type of its own: formatting is off for it as a whole.
        expect(type ?? 'fallback').toMatch(/^(plain_text|fallback)$/);
      }
      const { mrkdwn, blocks } = message as any;
      expect(mrkdwn).toBe(false);
      expect(blocks[0].text.text.length).toBeLessThanOrEqual(150);
      expect(blocks[2].fields.length).toBeLessThanOrEqual(10);
      for (const { text } of blocks[2].fields) expect(text.length).toBeLessThanOrEqual(2_000);
    }),
    { seed: 5, numRuns: 60 },
  );
});
