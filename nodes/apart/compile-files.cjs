'use strict';
// Compiles files: arguments are the root and the files, relative to it. Prints, as JSON, the code
// or the error of each. What it compiles is not run.
const fs = require('node:fs');
const path = require('node:path');
const { compileAlone } = require('../../runtime/typescript.cjs');

const [root = '', ...files] = process.argv.slice(2);
const results = files.map((file) => {
  try {
    const source = fs.readFileSync(path.join(root, file), 'utf8');
    return { file, code: file.endsWith('.ts') ? compileAlone(source, file) : source };
  } catch (error) {
    // Anything else says nothing about the file: whoever asked finds out.
    if (!(error instanceof SyntaxError)) throw error;
    return { file, error: error.message };
  }
});
process.stdout.write(JSON.stringify(results));
