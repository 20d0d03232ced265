/** The longest message is the same for the nodes of a model as on the real network. */

import { closeAll, echoFrom, startEcho } from '../runtime/websocket/nodes.testing';
import { maxMessageBytes, Outputs } from './outputs';

afterEach(closeAll);

/** The longest text that fits: `{"text":"..."}`. */
const longest = 'x'.repeat(maxMessageBytes - '{"text":""}'.length);
const tooLong = 'x'.repeat(16 * 2 ** 20);

/** How a model takes a request with it, and how a real connection does. */
async function fatesOf(text: string): Promise<string[]> {
  const { address, server } = await startEcho();
  const echo = await echoFrom(address);
  const real = echo.say({ text }).then(
    () => 'taken',
    ({ code }) => code,
  );
  const fate = await real;
  expect(server.heard).toHaveLength(fate === 'taken' ? 1 : 0);
  return [modelled(text), fate];
}

function modelled(text: string): string {
  const call = { type: 'request', to: 's2', id: 1, service: 'Echo', method: 'say' } as const;
  try {
    new Outputs().add({ ...call, args: { text } }, false);
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('what is as long as may be is taken, and what is longer is too large', async () => {
  expect(await fatesOf(longest)).toEqual(['taken', 'taken']);
  expect(await fatesOf(tooLong)).toEqual(['too-large', 'too-large']);
});
