/** The grader needs no file of a student to load. */
import path from 'node:path';
import { graderFiles } from './files';

test('nothing of the framework needs a file of the student’s', () => {
  const files = graderFiles(path.join(__dirname, '../..'));
  expect(files.has('labtests/catalogue.ts')).toBe(true);
  expect(files.has('viewservice/rules.ts')).toBe(false);
});
