/** The messages between the model of a coordination service and its clients. */
import * as v from 'valibot';
import { Address } from '../../runtime/node';
import { defineService } from '../../runtime/service';

const Key = v.pipe(v.string(), v.description('A key.'));
const SessionId = v.pipe(v.string(), v.description('Names a session.'));
const Version = v.pipe(v.nullable(v.number()), v.description('null: there is no such key.'));
/** The client whose reads never go back in time. */
const Client = v.pipe(v.string(), v.description('Names a client of the service.'));

export const CoordinationService = defineService(
  'CoordinationService',
  'A model of etcd and ZooKeeper for the simulated world.',
  {
    openSession: {
      doc: 'Opens a session.',
      args: v.object({ ttlMs: v.number() }),
      reply: v.object({ session: SessionId, trustMs: v.number() }),
    },
    renew: {
      doc: 'Keeps a session alive.',
      args: v.object({ session: SessionId }),
      reply: v.object({ lives: v.boolean() }),
    },
    end: {
      doc: 'Ends a session.',
      args: v.object({ session: SessionId }),
      reply: v.object({}),
    },
    attach: {
      doc: 'Creates a key that vanishes with the session.',
      args: v.object({ client: Client, session: SessionId, key: Key, value: v.string() }),
      reply: v.object({ done: v.boolean() }),
    },
    get: {
      doc: 'The value of a key.',
      args: v.object({ client: Client, key: Key }),
      reply: v.object({ value: v.nullable(v.string()), version: Version }),
    },
    list: {
      doc: 'The keys below a prefix. Leaves a watch, which fires at most once.',
      args: v.object({ client: Client, prefix: v.string(), watcher: v.nullable(Address) }),
      reply: v.object({ names: v.array(v.string()) }),
    },
    compareAndSwap: {
      doc: 'Writes a key if it still has this version.',
      args: v.object({ client: Client, key: Key, version: Version, value: v.string() }),
      reply: v.object({ swapped: v.boolean() }),
    },
  },
);

export const CoordinationWatcher = defineService(
  'CoordinationWatcher',
  'What clients of the model serve, to be told of changes.',
  {
    changed: { doc: 'Something has changed.', args: v.object({}), reply: v.object({}) },
  },
);
