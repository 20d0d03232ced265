/**
 * Who is started with which arguments, and so who is told which address: the one place to change
 * when links are to lead through something else.
 */
import path from 'node:path';
import type { Address } from '../../runtime/node';

const launcher = path.resolve(__dirname, '..', 'run.cjs');

/** The arguments of `node` for the view service; `own`: the address that it had before. */
export function viewServiceArguments(own: Address | undefined): string[] {
  return [launcher, 'viewservice/main', '--log', 'json', '--port', portOf(own)];
}

/** The same for a replica. */
export function replicaArguments(viewService: Address, own: Address | undefined): string[] {
  const where = ['--viewservice', viewService, '--port', portOf(own)];
  return [launcher, 'pbservice/main', '--log', 'json', ...where];
}

function portOf(address: Address | undefined): string {
  return address === undefined ? '0' : address.slice(address.lastIndexOf(':') + 1);
}

export const viewServiceName = 'vs';

/** s1, s2, ...: the names of the replicas, in the order in which they start. */
export function replicaNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${index + 1}`);
}
