/** Reads the hand-in of its argument, and prints what it is, or what is wrong with it, as JSON. */
import { messageOf } from '../../runtime/errors';
import { readHere } from './read-here';

const [handIn = ''] = process.argv.slice(2);
readHere(handIn).then(
  (files) => {
    const texts = [...files].map(([file, text]) => [file, text.toString('base64')]);
    process.stdout.write(JSON.stringify({ files: texts }));
  },
  (error) => process.stdout.write(JSON.stringify({ error: messageOf(error) })),
);
