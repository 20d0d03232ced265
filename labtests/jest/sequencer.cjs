'use strict';
// Only the sequencer sees which test files a run will have, whatever options chose them, and it does
// so before the global set-up.
const { default: Sequencer } = require('@jest/test-sequencer');
require('../../runtime/typescript.cjs').register();
const { expectParts, isLeftOut } = require('./settings.ts');

module.exports = class LabSequencer extends Sequencer {
  sort(tests) {
    const chosen = tests.filter(({ path }) => !isLeftOut(path));
    expectParts(chosen.map(({ path }) => path));
    return super.sort(chosen);
  }
};
