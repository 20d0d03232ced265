/** Every fault at every step of a short piece of work, and two of them together: case B36. */

import { type LabWork, labSweep, sweptKey } from '../primary-backup/campaigns';
import { campaignScenario } from './scenario';

/** Two clients, a primary and its backup. */
const aPair: LabWork = async (lab) => {
  await lab.startReplicas(2);
  const [writer, reader] = [lab.clerk(), lab.clerk()];
  const writes = async () => {
    await writer.append(sweptKey, lab.freshValue());
    await writer.append(sweptKey, lab.freshValue());
  };
  const reads = async () => {
    await reader.get(sweptKey);
    await reader.append(sweptKey, lab.freshValue());
  };
  return () => Promise.all([writes(), reads()]);
};

/** The backup is gone, the view service has noticed, and an idle server is about to get the state. */
const aTransfer: LabWork = async (lab) => {
  const [, s2, s3] = await lab.startReplicas(3);
  const writer = lab.clerk();
  await writer.append(sweptKey, lab.freshValue());
  await lab.crash(s2);
  await lab.untilProposed({ backup: s3 });
  return async () => {
    await writer.append(sweptKey, lab.freshValue());
    await writer.get(sweptKey);
    lab.restart(s2);
    await writer.append(sweptKey, lab.freshValue());
  };
};

/** The primary is gone, and its backup is about to take over. */
const aFailover: LabWork = async (lab) => {
  const [s1, s2] = await lab.startReplicas(3);
  const writer = lab.clerk();
  await writer.append(sweptKey, lab.freshValue());
  await lab.crash(s1);
  await lab.untilProposed({ primary: s2 });
  return async () => {
    await writer.append(sweptKey, lab.freshValue());
    await writer.get(sweptKey);
    lab.restart(s1);
    await writer.append(sweptKey, lab.freshValue());
  };
};

campaignScenario(
  'B36a',
  'every single fault at every step: two clients write and read at the same time',
  {
    clauses: ['R4', 'R7', 'S1', 'C3'],
    points: 1,
    rule: 'Whatever single fault strikes, and whenever: operations take effect once, in one order, and nothing acknowledged is lost.',
    why: 'One message is lost at the one moment that nobody has thought of, once a week, and only where users are.',
    hint: 'The schedule says which message it is. Look what the primary and its backup have each applied when it strikes, and what the repetition does.',
  },
  labSweep({ work: [aPair] }),
);

campaignScenario(
  'B36b',
  'every single fault at every step: a new backup gets the state, a new primary takes over',
  {
    clauses: ['R2', 'R12', 'R11'],
    points: 1,
    rule: 'A view change may be disturbed at any step: the view is acknowledged only when its backup has the state, and nobody serves before.',
    why: 'Faults come in crowds: while one server is being replaced, the next message is lost.',
    hint: 'What does the primary do when the state, or the reply to it, does not arrive, arrives late or arrives twice?',
  },
  labSweep({ work: [aTransfer, aFailover] }),
);

campaignScenario(
  'B36c',
  'two faults at a time: the second strikes among the consequences of the first',
  {
    clauses: ['R4', 'R12', 'S1'],
    points: 1,
    rule: 'As with one fault, as long as one initialised member of each view keeps its state and is seen to live.',
    why: 'What repairs the first fault is the code that runs least often.',
    hint: 'Replay the run with either fault alone: it passes. What is different when the second one strikes?',
  },
  labSweep({ work: [aPair, aTransfer, aFailover], pairs: 120 }),
);
