import { Recent } from '../client/recent';
import type { Exposure, TrackResult } from '../contracts';
import { assignmentId } from '../stores/assignment';
import { Outbox } from './outbox';
import { refusals } from './refusals';

/** Where exposures go; `client.tracking` is one. */
export interface ExposureSink {
  expose(exposures: Exposure[]): Promise<TrackResult>;
}

/** As many exposures may wait while the sink does not take them. */
const CAPACITY = 100_000;

/** Sends a unit's first exposure to an experiment, in the background. The sink drops what another process sent. */
export class ExposureLog {
  private readonly sent: Recent<true>;
  private readonly outbox: Outbox<Exposure>;

  constructor(sink: ExposureSink, remembered: number, onError: (error: unknown) => void) {
    this.sent = new Recent(remembered);
    this.outbox = new Outbox({
      capacity: CAPACITY,
      onError,
      onLost: ({ experiment, unit }) => this.sent.delete(assignmentId(experiment, unit)),
      send: async (batch) => {
        const { rejected } = await sink.expose(batch);
        const told = refusals(rejected);
        if (told !== '') onError(new Error(`exposures were refused: ${told}`));
      },
    });
  }

  /** Whether a unit's exposure was sent or waits, as far as is remembered. */
  has(experiment: string, unit: string): boolean {
    return this.sent.get(assignmentId(experiment, unit)) === true;
  }

  add(exposure: Exposure): void {
    this.sent.set(assignmentId(exposure.experiment, exposure.unit), true);
    this.outbox.add(exposure);
  }

  /** Returns when all exposures so far are stored. @throws Error when they cannot be now; they go on waiting */
  flush(): Promise<void> {
    return this.outbox.flush();
  }

  /** The last attempt. @throws Error telling how many could not be stored */
  close(): Promise<void> {
    return this.outbox.close();
  }
}
