import { randomUUID } from 'node:crypto';
import type { EvaluationContext, TrackingEventDetails } from '@openfeature/server-sdk';
import type { MetricEvent, TrackResult } from '../contracts';
import { Outbox } from './outbox';
import { refusals } from './refusals';

/** Where metric events go; `client.tracking` is one. */
export interface EventSink {
  track(events: MetricEvent[]): Promise<TrackResult>;
}

/** As many events may wait while the sink does not take them. */
const CAPACITY = 100_000;

/** Sends what OpenFeature tracks as metric events, in the background. */
export class EventLog {
  private readonly outbox: Outbox<MetricEvent>;
  private readonly onError: (error: unknown) => void;

  constructor(sink: EventSink, onError: (error: unknown) => void) {
    this.onError = onError;
    this.outbox = new Outbox({
      capacity: CAPACITY,
      onError,
      send: async (batch) => {
        const { rejected } = await sink.track(batch);
        const told = refusals(rejected);
        if (told !== '') onError(new Error(`metric events were refused: ${told}`));
      },
    });
  }

  /** The unit is the targeting key, the value 1 unless told; `eventId` in the details makes it idempotent. */
  add(event: string, { targetingKey }: EvaluationContext, { value = 1, eventId }: TrackingEventDetails): void {
    if (targetingKey === undefined || targetingKey === '') {
      this.onError(
        new Error(`event ${JSON.stringify(event)} was dropped: expected a targetingKey, the unit that did it`),
      );
      return;
    }
    const id = typeof eventId === 'string' && eventId !== '' ? eventId : randomUUID();
    this.outbox.add({ eventId: id, unit: targetingKey, event, value, at: new Date().toISOString() });
  }

  /** The last attempt. @throws Error telling how many could not be stored */
  close(): Promise<void> {
    return this.outbox.close();
  }
}
