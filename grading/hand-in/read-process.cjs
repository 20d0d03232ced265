'use strict';
// The process that reads one hand-in starts in plain Node: load TypeScript, then the reader proper.
require('../../runtime/typescript.cjs').register();
require('./read-process.ts');
