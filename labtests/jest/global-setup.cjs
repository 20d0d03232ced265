'use strict';
// jest's own --seed option is the seed of the lab, too, where jest is called by itself.
const path = require('node:path');
const { register, warmUp } = require('../../runtime/typescript.cjs');
register();
const { endAtOnce } = require('../../runtime/terminal/exit.ts');
const { studentFilesIn } = require('../student-files.ts');
const { beginReport } = require('./begin-report.ts');
const { prepareRun } = require('./settings.ts');

function seedOf(argv) {
  const index = argv.findIndex((word) => word === '--seed' || word.startsWith('--seed='));
  if (index < 0) return undefined;
  const text = argv[index].includes('=') ? argv[index].split('=')[1] : argv[index + 1];
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  console.error(`--seed: expected a whole number from 0 on, got ${text ?? 'nothing'}`);
  endAtOnce(2);
}

module.exports = async () => {
  // A handler that does not come back is told by the clock, which must not run for the compiler.
  warmUp(studentFilesIn(path.join(__dirname, '../..')));
  prepareRun(seedOf(process.argv));
  beginReport();
};
