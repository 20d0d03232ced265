'use strict';
// jest compiles TypeScript through the same cache as every other program of the project.
const { compile } = require('../runtime/typescript.cjs');

module.exports = {
  process: (source, file) => ({ code: compile(source, file) }),
};
