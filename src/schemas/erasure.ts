import { z } from 'zod';
import { instant, text } from './primitives';

/** Who wants whom forgotten, why and when. */
export const erasureSchema = z.strictObject({
  subject: z.string().min(1).max(200),
  who: z.string().min(1).max(200),
  reason: text,
  at: instant,
});
