'use strict';
require('../../runtime/typescript.cjs').register();
module.exports = require('./reporter.ts').LabReporter;
