/** The state goes from the primary of a view to its backup, chunk by chunk. */
import { messageOf, RpcError } from '../runtime/errors';
import type { Address } from '../runtime/node';
import type { View } from '../viewservice/api';
import { type Replica, retryPauseMs } from './replica';
import { ReplicationService, type StateEntry, type TransferArgs } from './replication-api';
import { StateMachine } from './state-machine';

/** A chunk of a state transfer ends with the entry that passes this length, in code units. */
const maxChunkLength = 256 * 1024;

/** A state transfer of which some chunks have come. */
interface Incoming {
  readonly viewnum: number;
  readonly attempt: number;
  readonly state: StateMachine;
  nextChunk: number;
}

export class Transfer {
  private readonly replica: Replica;
  /** As backup: the transfer under way. */
  private incoming: Incoming | null = null;

  constructor(replica: Replica) {
    this.replica = replica;
  }

  /**
   * As primary: sends the full state; a backup that lost the thread gets it from the start. False
   * when the view is no longer the newest.
   */
  async send(view: View, to: Address): Promise<boolean> {
    const { replica } = this;
    const backup = replica.runtime.connect(ReplicationService, to);
    const { viewnum } = view;
    for (let attempt = 0; replica.view === view; attempt += 1) {
      let chunk = 0;
      try {
        for (const { entries, last } of chunks(replica.state.entries())) {
          const args = { viewnum, attempt, chunk, last, entries };
          const send = () => backup.transfer(args);
          if (!(await replica.untilDone(view, send, 'not-initialised'))) return false;
          chunk += 1;
        }
        return true;
      } catch (error) {
        const fields = { viewnum, backup: to, error: messageOf(error) };
        replica.runtime.log('transfer-starts-over', fields);
        await replica.runtime.sleep(retryPauseMs);
      }
    }
    return false;
  }

  /** As backup of this view: takes a chunk, and holds the state when that was the last one. */
  receive({ viewnum, attempt, chunk, last, entries }: TransferArgs): Record<string, never> {
    // Late or duplicated: the transfer is complete, and forwards may have changed the state since.
    if (this.replica.holdsState()) return {};
    const incoming = this.incomingFor(viewnum, attempt, chunk);
    if (chunk < incoming.nextChunk) return {};
    incoming.state.restore(entries);
    incoming.nextChunk += 1;
    if (last) {
      this.replica.hold(viewnum, incoming.state);
      this.incoming = null;
      this.replica.runtime.log('initialised', { viewnum, chunks: chunk + 1 });
    }
    return {};
  }

  /** The view of the transfer under way is over. */
  abandon(): void {
    this.incoming = null;
  }

  private incomingFor(viewnum: number, attempt: number, chunk: number): Incoming {
    if (chunk === 0 && (this.incoming === null || attempt > this.incoming.attempt)) {
      this.incoming = { viewnum, attempt, state: new StateMachine(), nextChunk: 0 };
    }
    const { incoming } = this;
    if (incoming === null || incoming.attempt !== attempt || chunk > incoming.nextChunk) {
      const message = `chunk ${chunk} of transfer ${attempt} came without the chunks before it`;
      throw new RpcError('not-initialised', message);
    }
    return incoming;
  }
}

/** Groups entries so that each group is about maxChunkLength long; there is always a last one. */
function* chunks(
  entries: Iterable<StateEntry>,
): Generator<{ entries: StateEntry[]; last: boolean }> {
  let group: StateEntry[] = [];
  let length = 0;
  for (const entry of entries) {
    if (length >= maxChunkLength) {
      yield { entries: group, last: false };
      group = [];
      length = 0;
    }
    group.push(entry);
    // Each entry has names and numbers besides: count them too, or tiny entries make huge chunks.
    length += 64 + (entry.value?.length ?? 0) + (entry.of === 'map' ? entry.key.length : 0);
  }
  yield { entries: group, last: true };
}
