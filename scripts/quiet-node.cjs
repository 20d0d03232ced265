'use strict';
// Node 22.12 warns whenever a program loads an ES module with `require`, which all later versions do
// without a word. Here it would stand in the log of every server.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  const isAboutRequire = /^(CommonJS module .* is loading ES Module|Support for loading ES Module)/;
  if (!isAboutRequire.test(String(warning))) emitWarning.call(process, warning, ...rest);
};
