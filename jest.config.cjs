'use strict';
/**
 * Tests in `*.slow.test.ts` start processes, browsers or whole worlds by the hundred. They run when they
 * are asked for: `npm test -- scripts/handout`, or all with `npm run test:all`, as CI does.
 */
const words = process.argv.slice(2);
const isAskedFor = words.some((word, i) => !word.startsWith('-') && !words[i - 1]?.startsWith('-'));

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Most of the longer tests wait for processes that they started.
  maxWorkers: '100%',
  testMatch: ['**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-transform.cjs' },
  testPathIgnorePatterns: [
    ...['/node_modules/', '/store/'],
    ...(isAskedFor ? [] : ['\\.slow\\.test\\.ts$']),
  ],
  modulePathIgnorePatterns: ['<rootDir>/store/'],
  testSequencer: '<rootDir>/labtests/harness/jest/sequencer.cjs',
  globalSetup: '<rootDir>/labtests/harness/jest/global-setup.cjs',
  reporters: ['<rootDir>/labtests/harness/jest/reporter.cjs'],
};
