import fc from 'fast-check';
import { type ClientRequest, maxValueLength, type Operation } from './api';
import { chainedHash } from './chained-hash';
import { StateMachine } from './state-machine';

const request = (client: string, seq: number, operation: Operation): ClientRequest => ({
  client,
  seq,
  operation,
});

/** Applies operations of one client, numbered from 1, and collects the outcomes. */
function applyAll(machine: StateMachine, ...operations: Operation[]) {
  return operations.map((operation, index) => machine.apply(request('c1', index + 1, operation)));
}

const put = (key: string, value: string): Operation => ({ op: 'put', key, value });
const append = (key: string, value: string): Operation => ({ op: 'append', key, value });
const putHash = (key: string, value: string): Operation => ({ op: 'putHash', key, value });
const get = (key: string): Operation => ({ op: 'get', key });
const read = (machine: StateMachine, key: string) => machine.apply(request('reader', 1, get(key)));
const value = (text: string | null) => ({ result: { value: text } });

describe('operations', () => {
  test('a key that was never written has no value', () => {
    expect(read(new StateMachine(), 'k')).toEqual(value(null));
  });

  test('put sets, and returns nothing', () => {
    const machine = new StateMachine();
    expect(applyAll(machine, put('k', 'a'), put('k', 'b'))).toEqual([value(null), value(null)]);
    expect(read(machine, 'k')).toEqual(value('b'));
  });

  test('the empty value is a value', () => {
    const machine = new StateMachine();
    applyAll(machine, put('k', ''));
    expect(read(machine, 'k')).toEqual(value(''));
  });

  test('append adds to the end; a missing key counts as empty', () => {
    const machine = new StateMachine();
    applyAll(machine, append('k', 'a'), append('k', '\u{1F600}'), append('other', 'x'));
    expect(read(machine, 'k')).toEqual(value('a\u{1F600}'));
  });

  test('keys with names that JavaScript knows are keys like others', () => {
    const machine = new StateMachine();
    expect(read(machine, '__proto__')).toEqual(value(null));
    applyAll(machine, put('__proto__', 'a'), append('constructor', 'b'));
    expect(read(machine, '__proto__')).toEqual(value('a'));
    expect(read(machine, 'constructor')).toEqual(value('b'));
  });

  test('putHash returns the old value and stores the hash of old and new', () => {
    const machine = new StateMachine();
    const first = chainedHash('', 'a');
    expect(applyAll(machine, putHash('k', 'a'), putHash('k', 'b'))).toEqual([
      value(''),
      value(first),
    ]);
    expect(read(machine, 'k')).toEqual(value(chainedHash(first, 'b')));
  });

  test('an append above the longest value is refused and changes nothing', () => {
    const machine = new StateMachine();
    const [, refused, fits] = applyAll(
      machine,
      put('k', 'x'.repeat(maxValueLength - 1)),
      append('k', 'ab'),
      append('k', 'a'),
    );
    expect(refused).toMatchObject({ error: { code: 'too-large' } });
    expect(fits).toEqual(value(null));
    expect(read(machine, 'k')).toEqual(value(`${'x'.repeat(maxValueLength - 1)}a`));
  });
});

describe('chainedHash', () => {
  test('is FNV-1a of 32 bits, in decimal', () => {
    // The published test vectors of FNV-1a for '', 'a' and 'foobar'.
    expect(chainedHash('', '')).toBe(String(0x811c9dc5));
    expect(chainedHash('', 'a')).toBe(String(0xe40c292c));
    expect(chainedHash('foo', 'bar')).toBe(String(0xbf9cf968));
  });

  test('a chain shows each value that is lost, repeated or out of order', () => {
    const chain = (...values: string[]) => values.reduce(chainedHash, '');
    const expected = chain('1', '2', '3');
    for (const wrong of [
      ['1', '3'],
      ['1', '2', '2', '3'],
      ['2', '1', '3'],
      ['1', '3', '2'],
    ]) {
      expect(chain(...wrong)).not.toBe(expected);
    }
  });
});

describe('at most once', () => {
  test('the same number again has the same outcome and no second effect', () => {
    const machine = new StateMachine();
    const again = request('c1', 1, putHash('k', 'a'));
    expect(machine.apply(again)).toEqual(value(''));
    const after = read(machine, 'k');
    expect(machine.apply(again)).toEqual(value(''));
    expect(read(machine, 'k')).toEqual(after);
  });

  test('an operation older than what the client did since is rejected', () => {
    const machine = new StateMachine();
    machine.apply(request('c1', 2, append('k', 'b')));
    const late = machine.apply(request('c1', 1, append('k', 'a')));
    expect(late).toMatchObject({ error: { code: 'rejected' } });
    expect(read(machine, 'k')).toEqual(value('b'));
  });

  test('clients have their own numbers', () => {
    const machine = new StateMachine();
    machine.apply(request('c1', 1, append('k', 'a')));
    machine.apply(request('c2', 1, append('k', 'b')));
    expect(read(machine, 'k')).toEqual(value('ab'));
  });

  test('a refusal is an outcome: the same number is refused again, though it would fit by now', () => {
    const machine = new StateMachine();
    machine.apply(request('c1', 1, put('k', 'x'.repeat(maxValueLength))));
    const tooLarge = request('c1', 2, append('k', 'a'));
    const refused = machine.apply(tooLarge);
    expect(refused).toMatchObject({ error: { code: 'too-large' } });
    machine.apply(request('c2', 1, put('k', 'short')));
    const copy = new StateMachine();
    copy.restore([...machine.entries()]);
    for (const each of [machine, copy]) {
      expect(each.apply(tooLarge)).toEqual(refused);
      expect(read(each, 'k')).toEqual(value('short'));
      expect(each.apply(request('c1', 3, append('k', 'a')))).toEqual(value(null));
    }
  });

  test('all data together is bounded: what does not fit is refused, shorter values are not', () => {
    const machine = new StateMachine(10, 1_000);
    expect(applyAll(machine, put('a', 'x'.repeat(500)), put('b', 'x'.repeat(500)))).toMatchObject([
      value(null),
      {
        error: {
          code: 'too-large',
          message: 'all data together would have more than 1000 code units',
        },
      },
    ]);
    expect(machine.apply(request('c2', 1, append('a', 'x'.repeat(400))))).toMatchObject({
      error: { code: 'too-large' },
    });
    expect(machine.apply(request('c3', 1, put('a', 'short')))).toEqual(value(null));
    expect(machine.apply(request('c3', 2, put('b', 'x'.repeat(100))))).toEqual(value(null));
  });

  test('however many keys and clients write, what is kept stays within the bound', () => {
    const machine = new StateMachine(10, 10_000);
    for (let seq = 1; seq <= 1_000; seq += 1) {
      machine.apply(request(`c${seq}`, 1, append(`${seq % 300}`, 'x'.repeat(seq % 50))));
      machine.apply(request(`c${seq}`, 2, putHash(`${seq % 7}`, 'x')));
    }
    // Refusals are remembered, too: those of ten clients.
    expect(JSON.stringify([...machine.entries()]).length).toBeLessThan(13_000);
  });

  test('reads leave no trace in the table', () => {
    const machine = new StateMachine();
    for (let seq = 1; seq < 100; seq += 1) machine.apply(request(`c${seq}`, seq, get('k')));
    expect([...machine.entries()]).toEqual([]);
  });

  test('the table is bounded: whoever wrote longest ago is forgotten first', () => {
    const machine = new StateMachine(3);
    for (const client of ['c1', 'c2', 'c3']) machine.apply(request(client, 1, put('k', client)));
    machine.apply(request('c1', 2, put('k', 'again')));
    machine.apply(request('c4', 1, put('k', 'c4')));
    const clients = [...machine.entries()].flatMap((entry) =>
      entry.of === 'duplicates' ? [entry.client] : [],
    );
    expect(clients).toEqual(['c3', 'c1', 'c4']);
  });
});

describe('two copies', () => {
  const longest = 'x'.repeat(maxValueLength);
  const key = fc.constantFrom('a', 'b', 'c');
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constant('get' as const), key }) },
    {
      weight: 9,
      arbitrary: fc.record({
        op: fc.constantFrom('put' as const, 'append' as const, 'putHash' as const),
        key,
        value: fc.string({ maxLength: 3 }),
      }),
    },
    // Long values, so that appends to them are refused, have keys of their own: their hash takes long.
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom('put' as const, 'append' as const),
        key: fc.constantFrom('long', 'longer', 'longest'),
        value: fc.constant(longest),
      }),
    },
  );
  const requests = fc.array(
    fc.record({
      client: fc.constantFrom('c1', 'c2', 'c3', 'c4'),
      seq: fc.integer({ min: 1, max: 6 }),
      operation,
    }),
    { maxLength: 40 },
  );

  test('a copy made in the middle answers all that comes after as the original does', () => {
    fc.assert(
      fc.property(requests, requests, fc.integer({ min: 1, max: 5 }), (before, after, size) => {
        // Three remembered clients of four: that the oldest is forgotten is part of the state. So
        // is how much of it there is: of three long values only two fit.
        const maxLength = 2.5 * maxValueLength;
        const original = new StateMachine(3, maxLength);
        for (const item of before) original.apply(item);
        const copy = new StateMachine(3, maxLength);
        const entries = [...original.entries()];
        for (let from = 0; from < entries.length; from += size) {
          copy.restore(entries.slice(from, from + size));
        }
        expect([...copy.entries()]).toEqual(entries);
        for (const item of after) expect(copy.apply(item)).toEqual(original.apply(item));
        expect([...copy.entries()]).toEqual([...original.entries()]);
      }),
      { numRuns: 500 },
    );
  });
});
