import type { StageContext } from '../../contracts';

/** An attempt learns that it is cancelled by the answer to one of these. */
const HEARTBEAT_MS = 1_000;

/** The real signal behind the part of it that contracts can name. */
export function signalOf(context: StageContext): AbortSignal {
  return context.signal as AbortSignal;
}

/** Tells now and then for how long the work has been going on. */
export async function beating<T>(context: StageContext, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const tell = () => context.heartbeat(`running for ${Math.round((performance.now() - start) / 1_000)} s`);
  const timer = setInterval(tell, HEARTBEAT_MS);
  try {
    tell();
    return await work();
  } finally {
    clearInterval(timer);
  }
}
