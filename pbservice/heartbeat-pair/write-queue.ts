/** The writes that wait at the primary of a heartbeat pair, in the order in which they came. */
import { RpcError } from '../../runtime/errors';
import type { ClientRequest, OperationResult } from '../api';

export interface Write {
  readonly request: ClientRequest;
  readonly resolve: (result: OperationResult) => void;
  readonly reject: (error: unknown) => void;
  /** It was sent to the backup, which may have applied it. */
  forwarded: boolean;
}

/** How many writes may wait at the primary; more are refused as `overloaded`. */
const maxWaiting = 10_000;

export class WriteQueue {
  private writes: Write[] = [];

  get length(): number {
    return this.writes.length;
  }

  get first(): Write | undefined {
    return this.writes[0];
  }

  add(request: ClientRequest): Promise<OperationResult> {
    if (this.writes.length >= maxWaiting) {
      throw new RpcError('overloaded', `${maxWaiting} writes wait at this primary already`);
    }
    return new Promise((resolve, reject) => {
      this.writes.push({ request, resolve, reject, forwarded: false });
    });
  }

  /** Takes the first write off and answers it with what `result` returns or throws. */
  settleFirst(result: () => OperationResult): void {
    const write = this.writes.shift();
    try {
      write?.resolve(result());
    } catch (error) {
      write?.reject(error);
    }
  }

  /** `error`: for those that certainly did not happen. */
  refuseAll(error: RpcError): void {
    const { writes } = this;
    this.writes = [];
    for (const { forwarded, reject } of writes) {
      const message = 'another primary was found before the backup had answered';
      reject(forwarded ? new RpcError('view-changed', message) : error);
    }
  }
}
