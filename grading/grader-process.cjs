'use strict';
// The process that grades one hand-in starts in plain Node: load TypeScript, then the grader proper.
require('../runtime/typescript.cjs').register();
require('./grader-process.ts');
