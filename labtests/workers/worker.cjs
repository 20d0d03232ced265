'use strict';
// A worker thread starts in plain Node: load TypeScript, then the worker proper.
require('../../runtime/typescript.cjs').register();
require('./worker.ts');
