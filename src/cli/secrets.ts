import type { PipelineSettings } from '../contracts';

/**
 * Secrets of pipelines by reference, from the environment: `db/password` is `LOOPWRIGHT_SECRET_DB_PASSWORD`.
 * @throws (the function) Error naming the variable that is not set
 */
export function secretsOf(environment: NodeJS.ProcessEnv): NonNullable<PipelineSettings['secrets']> {
  return (ref) => {
    const variable = `LOOPWRIGHT_SECRET_${ref.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    const value = environment[variable];
    if (value === undefined) return Promise.reject(new Error(`the secret ${ref} is not set: expected ${variable}`));
    return Promise.resolve(value);
  };
}
