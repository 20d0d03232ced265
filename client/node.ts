import type { Boot } from '../runtime/node';
import { Clerk, type ClerkOptions } from './clerk';
import { Application } from './perform';

/** A node that is a client: it carries out one operation for each `invoke`. */
export function clientNode(options: ClerkOptions): Boot {
  return (runtime) => {
    const clerk = new Clerk(runtime, options);
    const application = new Application(runtime, clerk);
    return {
      serves: [],
      memory: clerk,
      invoke: (op, args) => application.invoke(op, args),
    };
  };
}
