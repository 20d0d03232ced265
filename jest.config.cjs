'use strict';
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Most of the longer tests wait for processes that they started.
  maxWorkers: '100%',
  testMatch: ['**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-transform.cjs' },
  testPathIgnorePatterns: ['/node_modules/', '/store/'],
  modulePathIgnorePatterns: ['<rootDir>/store/'],
  testSequencer: '<rootDir>/labtests/harness/jest/sequencer.cjs',
  globalSetup: '<rootDir>/labtests/harness/jest/global-setup.cjs',
  reporters: ['<rootDir>/labtests/harness/jest/reporter.cjs'],
};
