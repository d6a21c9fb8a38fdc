import { z } from 'zod';
import { interval, name } from './primitives';

/** A model to register, without its bytes. */
export const registerModelSchema = z.strictObject({
  model: name,
  key: z.string().min(1).max(200),
  trainer: name.optional(),
  dataset: z.string().min(1).max(200).optional(),
  trainedOn: interval.optional(),
  metrics: z.record(z.string(), z.unknown()).optional(),
});
