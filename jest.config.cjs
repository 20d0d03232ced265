'use strict';
const { readdirSync } = require('node:fs');
const path = require('node:path');

/**
 * Tests in `*.slow.test.ts` start processes, browsers or whole worlds by the hundred. They run when they
 * are asked for: `npm test -- scripts/handout`, or all with `npm run test:all`, as CI does.
 */
const words = process.argv.slice(2);
const isAskedFor = words.some((word, i) => !word.startsWith('-') && !words[i - 1]?.startsWith('-'));

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // For what hangs: no test may need to be quick, however busy the machine is.
  testTimeout: 300_000,
  // Most of the longer tests wait for processes that they started.
  maxWorkers: '100%',
  // A worker keeps what its tests leave in memory: without a limit gigabytes, which a laptop may not have.
  workerIdleMemoryLimit: '500MB',
  // Folders are named, not left out by patterns: one above the project may be called like them.
  roots: readdirSync(__dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|store)$/.test(entry.name))
    .map(({ name }) => path.join(__dirname, name)),
  testMatch: ['**/*.test.ts', ...(isAskedFor ? [] : ['!**/*.slow.test.ts'])],
  testPathIgnorePatterns: [],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-transform.cjs' },
  testSequencer: '<rootDir>/labtests/jest/sequencer.cjs',
  globalSetup: '<rootDir>/labtests/jest/global-setup.cjs',
  reporters: ['<rootDir>/labtests/jest/reporter.cjs'],
};
