import sandbox from './sandbox/jest.config.js';

/** Tests drive real servers and processes and wait for them most of the time: three at once keep two cores busy. */
export default {
  ...sandbox,
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/sandbox/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.ledgerdesk/'],
  globalSetup: '<rootDir>/test/fixtures/global-setup.mjs',
  globalTeardown: '<rootDir>/test/fixtures/global-teardown.mjs',
  maxWorkers: 3,
};
