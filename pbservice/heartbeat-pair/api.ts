/**
 * The contract of the heartbeat pair: what its two servers ask each other, and how anybody learns
 * what each believes. There is no third party: whoever is primary, only the two say so.
 */
import * as v from 'valibot';
import { Address } from '../../runtime/node';
import { defineService } from '../../runtime/service';
import { ClientRequest } from '../api';

export const Epoch = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.description(
    'Counts who became primary, one after the other, as far as the server knows; 0: nobody yet.',
  ),
);

export const PairRole = v.pipe(
  v.picklist(['joining', 'backup', 'primary']),
  v.description(
    'What the server believes it is: `joining` waits for the state, or for nobody to answer.',
  ),
);
export type PairRole = v.InferOutput<typeof PairRole>;

const Partner = v.pipe(Address, v.description('Who says so: the other server of the pair.'));

const Sync = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.description(
    'Counts the state transfers of this primary. A forward counts only after the same transfer.',
  ),
);

/** What a server believes. Two of them may believe they are primary at a time: that is split brain. */
export const Belief = v.object({
  role: PairRole,
  epoch: Epoch,
});
export type Belief = v.InferOutput<typeof Belief>;

export const HeartbeatArgs = v.object({ from: Partner, ...Belief.entries });
export type HeartbeatArgs = v.InferOutput<typeof HeartbeatArgs>;

export const PairForwardArgs = v.object({
  from: Partner,
  epoch: Epoch,
  sync: Sync,
  request: ClientRequest,
});
export type PairForwardArgs = v.InferOutput<typeof PairForwardArgs>;

export const PairTransferArgs = v.object({
  from: Partner,
  epoch: Epoch,
  sync: Sync,
  state: v.pipe(
    v.array(v.unknown()),
    v.description('All of the state, as the state machine gives and takes it.'),
  ),
});
export type PairTransferArgs = v.InferOutput<typeof PairTransferArgs>;

export const PairStatus = v.object({
  ...Belief.entries,
  primary: v.pipe(
    v.nullable(Address),
    v.description('Who is primary, as far as this server knows; null when it knows of nobody.'),
  ),
  backup: v.pipe(
    v.nullable(Address),
    v.description('Who has the whole state besides the primary, as far as this server knows.'),
  ),
});
export type PairStatus = v.InferOutput<typeof PairStatus>;

export const PairService = defineService(
  'PairService',
  'The heartbeat pair: two servers without a third party, which lose data in a partition.',
  {
    heartbeat: {
      doc: 'The partner lives, and what it believes. The reply says the same of the receiver.',
      args: HeartbeatArgs,
      reply: Belief,
    },
    forward: {
      doc:
        'Apply this write, before the primary does. Refused with `wrong-view` unless the sender ' +
        'is the primary that the receiver follows, and with `not-initialised` while it has not ' +
        'got the state by the transfer named.',
      args: PairForwardArgs,
      reply: v.object({}),
    },
    transfer: {
      doc: 'The full state. It replaces what the receiver had before.',
      args: PairTransferArgs,
      reply: v.object({}),
    },
    status: {
      doc: 'What the server believes. Changes nothing; for clients, who have nobody else to ask.',
      args: v.object({}),
      reply: PairStatus,
    },
  },
);
