/** Stands in for the view service: answers its contract from what an arbiter says, within a time. */
import { messageOf, RpcError } from '../runtime/errors';
import { defaultRpcTimeoutMs, type Runtime } from '../runtime/node';
import { type CallOptions, type Remote, validate } from '../runtime/service';
import { type PingArgs, type View, ViewService } from '../viewservice/api';

export interface ViewSource {
  /** For messages: which service, and where. */
  readonly name: string;
  ping(args: PingArgs): Promise<View>;
  get(): Promise<View>;
}

export function viewsFrom(source: ViewSource, runtime: Runtime): Remote<typeof ViewService> {
  const answer = (what: Promise<View>, { timeoutMs = defaultRpcTimeoutMs }: CallOptions = {}) =>
    new Promise<View>((resolve, reject) => {
      what.then(resolve, (error) => {
        const reason = `${source.name}: ${messageOf(error)}`;
        reject(error instanceof RpcError ? error : new RpcError('refused', reason));
      });
      void runtime.sleep(timeoutMs).then(() => {
        reject(new RpcError('timeout', `${source.name}: no answer within ${timeoutMs} ms`));
      });
    });
  return {
    ping: (args, options) =>
      answer(source.ping(validate(ViewService, 'ping', 'args', args) as PingArgs), options),
    get: (_args, options) => answer(source.get(), options),
  };
}
