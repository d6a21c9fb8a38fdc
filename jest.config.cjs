/** Tests by what they need: `pure` nothing, `engines` a real Temporal and MongoDB, `browser` a Chromium as well. */
const shared = {
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/lib/'],
};

const engines = ['stores', 'activities', 'client', 'workflows', 'cli', 'engines', 'package', 'replay'];

module.exports = {
  testTimeout: 120_000,
  // Many wait for heart-beats; one Temporal and one MongoDB serve them all.
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'pure',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [...engines, 'browser'].map((room) => `<rootDir>/test/${room}/`),
    },
    {
      ...shared,
      displayName: 'engines',
      testMatch: engines.map((room) => `<rootDir>/test/${room}/**/*.test.ts`),
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.test.ts'] },
  ],
};
