import type * as ExecutorsFile from './executors-file';
import type * as ExperimentsFile from './experiments-file';
import type * as PipelinesFile from './pipelines-file';

interface Readers {
  readonly './executors-file': typeof ExecutorsFile;
  readonly './experiments-file': typeof ExperimentsFile;
  readonly './pipelines-file': typeof PipelinesFile;
}

/**
 * Loads what reads a file in YAML, when a command is given one: a service has no use for the package.
 * @throws Error naming the package to install when it is not there
 */
export function fileReader<Name extends keyof Readers>(name: Name): Readers[Name] {
  try {
    // A relative import() would need an extension that the sources do not have.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(name) as Readers[Name];
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).endsWith('MODULE_NOT_FOUND')) throw error;
    throw new Error('files are read by the package yaml, which is not installed: npm install yaml', { cause: error });
  }
}
