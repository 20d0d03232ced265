/** Texts on their ways through the system: cases B9g and B29c. */
import { type ClientRequest, maxKeyLength } from '../../pbservice/api';
import { finishMs } from '../../worlds/timing';
import { awkwardTexts } from '../primary-backup/texts';
import { scenario } from './scenario';
import { expectState } from './state';

/** A write of a client that nobody knows yet. */
function writeOf(client: string, op: 'put' | 'putHash', key: string, value: string): ClientRequest {
  return { client, seq: 1, operation: { op, key, value } };
}

scenario(
  'B9g',
  'keys, values, results and the names of clients are any texts: each backup has them as they were',
  {
    clauses: ['S7', 'S1', 'R12'],
    points: 1,
    seeds: 8,
    rule: "Keys, values and the names of clients are any strings, and reach each replica as they are; a result that is '' is not null, also when it was forwarded or transferred.",
    why: 'An empty text taken for none, an object taken for a map, a text turned into bytes and back: whoever has such data loses it, in a failover years later.',
    hint: 'Follow a text on its ways: a forward, a state transfer, what is remembered of a client. Where is it asked whether it is true, made the name of a property, joined with others, or encoded?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const state = new Map<string, string>();
    const done = new Map<ClientRequest, string | null>();
    const [puts, hashes]: [ClientRequest[], ClientRequest[]] = [[], []];
    for (const [i, text] of awkwardTexts.entries()) {
      const value = awkwardTexts[(i + 1) % awkwardTexts.length] ?? '';
      state.set(text, value);
      puts.push(writeOf(text || 'empty', 'put', text, value));
      puts.push(writeOf(`${text}.`, 'put', `old: ${text}`, text));
      const hash = writeOf(`${text}#`, 'putHash', `old: ${text}`, lab.freshValue());
      hashes.push(hash);
      done.set(hash, text);
    }
    const first = writeOf('first', 'putHash', 'never written', lab.freshValue());
    done.set(first, '');
    for (const put of puts) done.set(put, null);
    // Side by side, a name and a number look like another name and another number.
    for (const [client, seq] of [
      ['n', 11],
      ['n1', 1],
    ] as const) {
      const value = lab.freshValue();
      const key = `of ${client}, ${seq}`;
      puts.push({ client, seq, operation: { op: 'put', key, value } });
      state.set(key, value);
    }
    const release = lab.holdBetween(s1, s2);
    const asked = lab.meanwhile(lab.expectDone(s1, puts, finishMs));
    await lab.pings(1);
    release();
    await asked;
    await lab.expectDone(s1, [...hashes, first], finishMs);

    await lab.expectAnswered(s1, done);
    await lab.crash(s1);
    await lab.untilView({ primary: s2, backup: s3 }, finishMs);
    await lab.expectAnswered(s2, done);
    await expectState(lab, state);
    await lab.failOver();
    await lab.expectAnswered(s3, done);
    await expectState(lab, state);
    const clerk = lab.clerk();
    for (const [key, value] of state) {
      if (lab.pick([true, false])) continue;
      await clerk.append(key, 'more');
      await clerk.expectGet(key, `${value}more`);
    }
  },
);

/** Of six bytes in a message, as are all that JSON writes as an escape: 700 of the longest keys are too long for one. */
const sixBytes = '\u0001';
const manyKeys = 720;

scenario(
  'B29c',
  'a state of long keys with short values is given to a backup in messages of 16 MiB at most',
  {
    clauses: ['R15', 'R12'],
    points: 1,
    seeds: 1,
    onlySimulated: 'there, pings wait behind its megabytes',
    rule: 'No message is longer than 16 MiB in bytes, of which a code unit of a text takes up to six; keys are data like values.',
    why: 'What was counted too low is not sent, and tried again for ever: from then on there is no backup, and clients wait.',
    hint: 'How long can a piece of the state become, if its keys are long and its values short, and each code unit takes six bytes?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const keyOf = (i: number) => `${i}`.padEnd(maxKeyLength, sixBytes);
    const puts = Array.from({ length: manyKeys }, (_, i) => writeOf(`c${i}`, 'put', keyOf(i), ''));
    const release = lab.holdBetween(s1, s2);
    const asked = lab.meanwhile(lab.expectDone(s1, puts, 3 * finishMs));
    await lab.pings(1);
    release();
    await asked;
    await lab.crash(s2);
    const s3 = lab.startReplica();
    await lab.untilView({ primary: s1, backup: s3 }, 3 * finishMs);
    await lab.failOver();
    await expectState(
      lab,
      new Map([0, lab.between(1, manyKeys - 2), manyKeys - 1].map((i) => [keyOf(i), ''])),
    );
  },
);
