/** Of what comes out of a process only what the framework in it would say is believed. */
import { decodeAnswer } from './frames';
import type { Fault } from './incidents';

const returned = (result: unknown) => [{ type: 'return', id: 1, body: JSON.stringify(result) }];
const bug = { type: 'failure', where: 'tick', message: 'oh', frames: [] };

function faultOf(answer: unknown): Fault {
  try {
    decodeAnswer(JSON.stringify(answer));
  } catch (error) {
    return error as Fault;
  }
  throw new Error('it was believed');
}

test.each([
  ['a result', returned({ reply: { value: 'x' } })],
  ['a refusal', returned({ error: { code: 'timeout', message: 'late' } })],
  ['a bug', [bug]],
  ['a bug with all that can be said of it', [{ ...bug, code: 'timeout', isEndless: true }]],
  ['brackets in a text', [{ type: 'log', event: 'x', body: `{"a":"${'['.repeat(1_000)}\\""}` }]],
])('%s', (_name, answer) => {
  expect(decodeAnswer(JSON.stringify(answer))).toEqual(answer);
});

test.each([
  ['no list', { type: 'tick' }],
  ['a result without a value', returned({ reply: {} })],
  ['a result that is neither', returned({})],
  ['a value of another kind', returned({ reply: { value: { a: 1 } } })],
  ['an error that there is not', returned({ error: { code: 'whatever', message: '' } })],
  ['a bug in a long text', [{ ...bug, message: 'x'.repeat(10_000) }]],
  ['a timer that goes back', [{ type: 'timer', timer: 1, durationMs: -1 }]],
])('forged: %s', (_name, answer) => {
  expect(faultOf(answer)).toMatchObject({ kind: 'forged output' });
});

test('values nested a thousand deep are not parsed', () => {
  const body = '['.repeat(1_000) + ']'.repeat(1_000);
  expect(faultOf([{ type: 'log', event: 'deep', body }])).toMatchObject({
    kind: 'bad message',
    message: 'a log nests its values more than 64 deep',
  });
});
