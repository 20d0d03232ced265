/** The full state on its way from the primary of a heartbeat pair to its backup, in chunks. */
import { RpcError } from '../../runtime/errors';
import { StateMachine } from '../state-machine';
import type { PairTransferArgs } from './api';

/** A piece of the state: what is in it is the business of the state machine. */
export type Entry = PairTransferArgs['entries'][number];

/** A chunk of the state ends with the entry that passes this length, in code units. */
const maxChunkLength = 256 * 1024;
/** What an entry takes besides its texts: names, numbers, punctuation. */
const entryOverhead = 64;

/** Groups entries into chunks; there is always a last one. */
export function* chunksOf(
  entries: Iterable<Entry>,
): Generator<{ entries: Entry[]; last: boolean }> {
  let chunk: Entry[] = [];
  let length = 0;
  for (const entry of entries) {
    if (length >= maxChunkLength) {
      yield { entries: chunk, last: false };
      chunk = [];
      length = 0;
    }
    chunk.push(entry);
    length += entryOverhead + JSON.stringify(entry).length;
  }
  yield { entries: chunk, last: true };
}

/** A transfer: which primary makes it, and which one of its transfers it is. */
interface Source {
  readonly epoch: number;
  readonly sync: number;
}

type Chunk = Omit<PairTransferArgs, 'from'>;

/** Puts the chunks of a transfer together. */
export class IncomingState {
  private source: Source = { epoch: 0, sync: 0 };
  private state = new StateMachine();
  private nextChunk = 0;
  private complete = false;

  /** Whether the last state that was complete came by this transfer, and nothing newer has begun. */
  isFrom(epoch: number, sync: number): boolean {
    return this.complete && this.source.epoch === epoch && this.source.sync === sync;
  }

  /** Takes a chunk; returns the state when it was the last one. One that came before does nothing. */
  take({ epoch, sync, chunk, last, entries }: Chunk): StateMachine | undefined {
    if (chunk === 0 && this.isNewer({ epoch, sync })) this.begin({ epoch, sync });
    const isCurrent = this.source.epoch === epoch && this.source.sync === sync;
    if (!isCurrent || chunk > this.nextChunk) {
      const message = `chunk ${chunk} of transfer ${sync} came without the chunks before it`;
      throw new RpcError('not-initialised', message);
    }
    if (chunk < this.nextChunk) return undefined;
    this.state.restore(entries as unknown as Parameters<StateMachine['restore']>[0]);
    this.nextChunk += 1;
    this.complete = last;
    return last ? this.state : undefined;
  }

  private isNewer({ epoch, sync }: Source): boolean {
    const { source } = this;
    return epoch === source.epoch ? sync > source.sync : epoch > source.epoch;
  }

  private begin(source: Source): void {
    this.source = source;
    this.state = new StateMachine();
    this.nextChunk = 0;
    this.complete = false;
  }
}
