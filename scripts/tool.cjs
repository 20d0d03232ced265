'use strict';
// node scripts/tool.cjs PACKAGE [ARGUMENTS]: runs the first program of an installed package, after
// installing it where it is missing.
require('./ensure-installed.cjs');
require('./quiet-node.cjs');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const [name = '', ...rest] = process.argv.slice(2);
const folder = path.join(__dirname, '..', 'node_modules', name);
const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
const file = path.join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0]);
process.argv.splice(1, process.argv.length - 1, file, ...rest);
// Whether it is a CommonJS or an ES module.
void import(pathToFileURL(file).href);
