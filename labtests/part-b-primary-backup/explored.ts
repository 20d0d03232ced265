/**
 * Every schedule of small systems within a bound, and samples beyond it: case B37. The bounds are
 * numbers of deviations and samples, so that a slow machine comes to the same verdict.
 */
import { labExploration } from '../primary-backup/campaigns';
import { campaignScenario } from './scenario';

const staged = true;

campaignScenario(
  'B37a',
  'explored: one client and one server, all schedules with two deviations',
  {
    clauses: ['S1', 'R13'],
    points: 1,
    rule: 'However messages are lost, repeated, delayed and reordered, an operation takes effect once.',
    why: 'A server alone has nobody to agree with, and clients repeat themselves all the same.',
    hint: 'If an operation took effect twice: which copy of the request came last, and how does the server know it again? If something is lost or too old: has the server restarted, and why does it take its empty memory for the state?',
  },
  labExploration([{ work: ['ag'], servers: 1, crashes: 1, deviations: 2, samples: 100, staged }]),
);

campaignScenario(
  'B37b',
  'explored: one client through view changes, with servers that crash and restart',
  {
    clauses: ['R4', 'R12', 'R3'],
    points: 1,
    rule: 'An acknowledged operation survives each crash that leaves one initialised member of the view.',
    why: 'A server that has restarted looks like the one that crashed, and knows nothing.',
    hint: 'Read down the column of the server that answered wrongly: from whom has it got its state, and when did it begin to serve?',
  },
  labExploration([{ work: ['ag'], servers: 3, crashes: 3, deviations: 1, samples: 300, staged }]),
);

campaignScenario(
  'B37c',
  'explored: two clients read and write around a failover',
  {
    clauses: ['R7', 'S1'],
    points: 1,
    rule: 'Operations of different clients take effect in one order, also when the primary changes in between.',
    why: 'Two clients see two different pasts, and each builds on what it saw.',
    hint: 'Who answered the operation that is out of order, and who else would have had to consent?',
  },
  labExploration([
    // Stale reads need two things to go wrong, and no crash.
    { work: ['a', 'gg'], servers: 2, crashes: 0, deviations: 2, samples: 0, staged },
    { work: ['aa', 'ag'], servers: 2, crashes: 2, deviations: 1, samples: 300, staged },
  ]),
);

campaignScenario(
  'B37d',
  'explored: three clients write at once, and forwards overtake each other',
  {
    clauses: ['R7'],
    points: 1,
    rule: 'The backup applies operations in the order in which the primary does.',
    why: 'Primary and backup differ for good, and nobody notices until the primary dies.',
    hint: 'How many forwards may be on their way at a time, and what says which comes first?',
  },
  labExploration([
    { work: ['a', 'a', 'a'], servers: 2, crashes: 1, deviations: 1, samples: 100, staged },
  ]),
);

campaignScenario(
  'B37e',
  'explored: the transfer of the state is interrupted, repeated and overtaken',
  {
    clauses: ['R2', 'R12', 'R13'],
    points: 1,
    rule: 'A view is acknowledged when its backup has the state, and nothing older replaces that later.',
    why: 'The backup of today is the one on whom everybody relies tomorrow.',
    hint: 'What if a transfer that nobody waits for any more arrives after all?',
  },
  labExploration([
    { work: ['a'], servers: 2, crashes: 1, deviations: 1, samples: 100, staged: false },
    { work: ['a'], servers: 3, crashes: 2, deviations: 1, samples: 300, staged },
  ]),
);

campaignScenario(
  'B37f',
  'explored: a portfolio of schedules with many deviations, drawn by chance',
  {
    clauses: ['R4', 'R5', 'R7', 'S1'],
    points: 1,
    rule: 'All that the other scenarios ask for holds together.',
    why: 'What is beyond every bound happens as well.',
    hint: 'The schedule has been made shorter: whatever you take away from it, it passes.',
  },
  labExploration([
    { work: ['aa', 'ag'], servers: 3, crashes: 2, deviations: 0, samples: 600, staged },
  ]),
);
