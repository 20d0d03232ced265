/** The scenarios of the lab. */
import { exploration } from '../../suite/campaigns/explorations';
import { addScenario } from '../../suite/scenario/scenario';
import { chain } from './lab';
import { chainSystem } from './system';
import { chainScenario, inChain } from './words';

chainScenario(
  'L1',
  'what is written at the head is read at the tail',
  {
    points: 1,
    rule: 'A write is answered when every server of the chain has it; a read is answered by the tail.',
    why: 'A client that was told "done" must find what it wrote, whoever answers.',
    hint: 'Follow one write from the head to the tail, and the answers back.',
  },
  async (chain) => {
    const client = chain.client();
    await chain.append(client, 'x', 'a');
    await chain.append(client, 'x', 'b');
    await chain.get(client, 'x');
  },
);

chainScenario(
  'L2',
  'two clients, and messages that are lost, repeated and late',
  {
    points: 3,
    rule: 'All servers apply the same writes in the same order, each of them once.',
    why: 'Servers that differ tell different stories, and a retry that counts twice is a second write.',
    hint: 'What does a server do with a write that it has already, and with one that comes too early?',
  },
  async (chain) => {
    const clients = [chain.client(), chain.client()];
    chain.world.storm();
    const each = clients.map(async (client, i) => {
      for (let n = 0; n < 4; n += 1) {
        await chain.moment(100);
        await chain.append(client, 'x', `${i}${n},`);
        await chain.get(client, 'x');
      }
    });
    const work = chain.meanwhile(Promise.all(each));
    await chain.moment(3_000);
    await chain.finish(work);
  },
);

addScenario(chain, 'L3', 'explored: every order of messages, within a bound', {
  points: 2,
  rule: 'However messages are delayed and repeated, what was acknowledged is read.',
  why: 'The order that nobody thought of comes, in a system that runs long enough.',
  hint: 'Read down the column of the server that answered the read: what did it know, and what not yet?',
  seeds: 1,
  campaign: exploration(
    [
      {
        ...{ system: chainSystem.name, servers: 3, work: ['a', 'g'], crashes: 0 },
        ...{ deviations: 1, samples: 500, staged: false },
      },
    ],
    { basics: inChain(async (chain) => void (await chain.append(chain.client(), 'x', 'a'))) },
  ),
});
