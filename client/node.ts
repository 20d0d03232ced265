import type { Boot } from '../runtime/node';
import { Clerk, type ClerkOptions } from './clerk';
import { invoke } from './perform';

/** A node that is a client: it carries out one operation for each `invoke`. */
export function clientNode(options: ClerkOptions): Boot {
  return (runtime) => {
    const clerk = new Clerk(runtime, options);
    return {
      serves: [],
      memory: clerk,
      invoke: (op, args) => invoke(clerk, runtime, op, args),
    };
  };
}
