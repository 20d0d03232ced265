import * as v from 'valibot';
import { defineService } from '../runtime/service';
import { ViewNumber } from '../viewservice/api';

export const StateEntry = v.object({ kind: v.string(), name: v.string(), value: v.string() });
export type StateEntry = v.InferOutput<typeof StateEntry>;

const Version = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const InstallArgs = v.object({
  viewnum: ViewNumber,
  version: Version,
  /** Counts the pieces of this version from 0. */
  piece: Version,
  last: v.boolean(),
  state: v.array(StateEntry),
});
export type InstallArgs = v.InferOutput<typeof InstallArgs>;

export const ConfirmArgs = v.object({ viewnum: ViewNumber, version: Version });
export type ConfirmArgs = v.InferOutput<typeof ConfirmArgs>;

export const ReplicationService = defineService('ReplicationService', 'Snapshots, each complete.', {
  install: {
    doc: 'A piece of what is the state from the last piece on.',
    args: InstallArgs,
    reply: v.object({}),
  },
  confirm: {
    doc: 'You are my backup, and have this version.',
    args: ConfirmArgs,
    reply: v.object({}),
  },
});
