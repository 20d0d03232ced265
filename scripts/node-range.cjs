'use strict';
// Which versions of Node.js this project runs on: what package.json says under "engines", and nothing
// else. `node scripts/node-range.cjs` ends with 0 on such a version, else with 2 and a sentence.
// This runs on any Node from 12 on, which is why it is written as one wrote for that.
const fs = require('fs');
const path = require('path');

const manifest = path.join(__dirname, '..', 'package.json');

/** "^20.19 || >=22.12", as in package.json. */
function range() {
  return JSON.parse(fs.readFileSync(manifest, 'utf8')).engines.node;
}

/** The range for people: "20.19 or newer of Node.js 20, or 22.12 or newer". */
function rangeInWords() {
  return parse(range())
    .map((one) => {
      const version = `${one.major}.${one.minor}`;
      return one.onlyMajor ? `${version} or newer of ${one.major}` : `${version} or newer`;
    })
    .join(', or ');
}

/** Whether the range has the version, for instance "22.12.0". */
function allows(version) {
  const numbers = version.split('.').map(Number);
  return parse(range()).some((one) => {
    if (numbers[0] === one.major) return numbers[1] >= one.minor;
    return numbers[0] > one.major && !one.onlyMajor;
  });
}

function parse(text) {
  return text.split('||').map((one) => {
    const found = /^\s*(\^|>=)(\d+)\.(\d+)\s*$/.exec(one);
    if (found === null) throw new Error(`package.json: expected ^X.Y or >=X.Y, got ${one}`);
    return { onlyMajor: found[1] === '^', major: Number(found[2]), minor: Number(found[3]) };
  });
}

/** Ends the process with a sentence unless it is run by such a Node. */
function requireNode() {
  if (allows(process.versions.node)) return;
  console.error(
    `viewlab needs Node.js ${rangeInWords()}; this is ${process.versions.node}. ` +
      'Install one of these (https://nodejs.org) and run the command again.',
  );
  process.exit(2);
}

module.exports = { allows, rangeInWords, requireNode };
if (require.main === module) requireNode();
