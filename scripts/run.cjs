'use strict';
// node scripts/run.cjs PROGRAM [ARGUMENTS]: runs one of the project's TypeScript programs, for
// instance `node scripts/run.cjs viewservice/main --port 8000`.
require('./ensure-installed.cjs');
require('./quiet-node.cjs');
require('../runtime/typescript.cjs').register();
const path = require('node:path');

const [program, ...rest] = process.argv.slice(2);
if (program === undefined) {
  console.error('usage: node scripts/run.cjs PROGRAM [ARGUMENTS], see "scripts" in package.json');
  process.exit(2);
}
const file = path.resolve(__dirname, '..', `${program}.ts`);
process.argv.splice(1, process.argv.length - 1, file, ...rest);
require(file);
