/** A thread that loops for ever says where, however often one asks. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { placeOf } from './stack-samples';

const program = `
const { parentPort } = require('node:worker_threads');
function helper(text) { return text.repeat(3).split('a').length; }
class ViewServer {
  ping(server) {
    parentPort.postMessage('in the loop');
    for (;;) {
      helper(server);
      helper('b');
    }
  }
}
setImmediate(() => new ViewServer().ping('s1'));
`;

/** The places that 40 askings find in a thread that runs it. */
async function places(source: string): Promise<Set<string | undefined>> {
  const file = path.join(temporaryFolder('viewlab-loop-'), 'viewservice', 'server.js');
  mkdirSync(path.dirname(file));
  writeFileSync(file, source);
  const computedMs = () => process.cpuUsage().user / 1_000;
  // Threads that were there before anybody asks must not shift the numbers of those that come later.
  await once(new Worker('0', { eval: true }), 'exit');
  await placeOf(0, computedMs); // From the first asking on, this process is told of its threads.
  const worker = new Worker(file);
  try {
    await new Promise((resolve) => worker.once('message', resolve));
    const found = new Set<string | undefined>();
    for (let asking = 0; asking < 40; asking += 1) {
      found.add((await placeOf(worker.threadId, computedMs))?.replace(/:.*/, ''));
    }
    return found;
  } finally {
    await worker.terminate();
  }
}

test('the function that loops, and never the helper that it calls', async () => {
  expect(await places(program)).toEqual(new Set(['ViewServer.ping, viewservice/server.js']));
});

test('a helper that loops itself', async () => {
  const loops = program.replace('return', 'for (;;) text.at(0); return');
  expect(await places(loops)).toEqual(new Set(['helper, viewservice/server.js']));
});
