import path from 'node:path';
import { solutionFiles } from './broken-solutions/broken-solution';
import { givenFilesIn, ownerOf, stubFiles, studentFilesIn } from './student-files';

const root = path.join(__dirname, '..');

test.each([
  ['pbservice/server.ts', 'student'],
  ['pbservice/transfer.ts', 'student'],
  ['client/retry/back-off.ts', 'student'],
  ['viewservice/规则 (2).ts', 'student'],
  ['viewservice/api.ts', 'framework'],
  ['viewservice/API.ts', 'framework'],
  ['pbservice/heartbeat-pair/mine.ts', 'framework'],
  ['client/main.ts', 'framework'],
  ['client/deep/main.ts', 'student'],
  ['client/clerk.test.ts', undefined],
  ['client/clerk.js', undefined],
  ['client', undefined],
  ['runtime/node.ts', undefined],
  ['pbservice/../runtime/node.ts', undefined],
  ['pbservice//server.ts', undefined],
  ['pbservice/.hidden.ts', undefined],
  ['pbservice/a\nb.ts', undefined],
  ['pbservice/1/2/3/4/x.ts', 'student'],
  ['pbservice/1/2/3/4/5/x.ts', undefined],
])('%j belongs to %s', (file, owner) => {
  expect(ownerOf(file)).toBe(owner);
});

test('what every hand-in needs is the student’s, and comes first', () => {
  expect(studentFilesIn(root).slice(0, stubFiles.length)).toEqual(stubFiles);
});

test('each module of a solution belongs to somebody', () => {
  const all = [...studentFilesIn(root), ...givenFilesIn(root)];
  const mains = all.filter((file) => file.endsWith('/main.ts'));
  expect([...solutionFiles().keys(), ...mains].sort()).toEqual(all.sort());
});
