/** The contract of the view service: what replicas and clerks may ask it. */
import * as v from 'valibot';
import { Address } from '../runtime/node';
import { defineService } from '../runtime/service';

export const ViewNumber = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.description('Number of a view. Views are numbered 1, 2, 3, ...; 0 means: no view yet.'),
);

export const View = v.pipe(
  v.object({
    viewnum: ViewNumber,
    primary: v.nullable(Address),
    backup: v.nullable(Address),
  }),
  v.description('Who is primary and who is backup; null where there is nobody.'),
);
export type View = v.InferOutput<typeof View>;

/** View 0: no server has pinged yet. */
export const noView: View = { viewnum: 0, primary: null, backup: null };

export const PingArgs = v.object({ server: Address, viewnum: ViewNumber });
export type PingArgs = v.InferOutput<typeof PingArgs>;

export const ViewService = defineService(
  'ViewService',
  'Decides who is primary and who is backup, from the pings of the servers.',
  {
    ping: {
      doc:
        'A server says that it lives, and the newest view number it knows: 0 when it has just ' +
        '(re)started. The primary of a view acknowledges the view by pinging with its number. ' +
        'The reply is the current view.',
      args: PingArgs,
      reply: View,
    },
    get: {
      doc: 'The current view, for clerks and for servers that start. Changes nothing.',
      args: v.object({}),
      reply: View,
    },
  },
);
