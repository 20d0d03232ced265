'use strict';
// jest's own --seed option is the seed of the lab, too: `npm test -- part-b --seed 7`.
require('../../../runtime/typescript.cjs').register();
const { beginReport } = require('./begin-report.ts');
const { prepareRun } = require('./settings.ts');

function seedOf(argv) {
  const index = argv.findIndex((word) => word === '--seed' || word.startsWith('--seed='));
  if (index < 0) return undefined;
  const text = argv[index].includes('=') ? argv[index].split('=')[1] : argv[index + 1];
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  console.error(`--seed: expected a whole number from 0 on, got ${text ?? 'nothing'}`);
  process.exit(2);
}

module.exports = async () => {
  prepareRun(seedOf(process.argv));
  beginReport();
};
