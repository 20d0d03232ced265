/** The lab: a chain of three servers. docs/own-lab.md tells how it is made. */
import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import { chainSystem } from './system';

export const chain: LabDeclaration = {
  part: 'L',
  title: 'a chain of three servers',
  folder: 'labtests/example-chain',
  graded: 'on request',
  points: 6,
  stubs: ['pbservice/chain/chain-server.ts'],
  given: ['pbservice/chain/api.ts', 'pbservice/chain/node.ts'],
  systems: [chainSystem],
  test: 'labtests/example-chain/part-l.test.ts',
};
