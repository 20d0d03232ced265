'use strict';
// The process of one node starts in plain Node: what it loads was compiled before it started.
require('../../runtime/typescript.cjs').register();
require('./node-process.ts');
