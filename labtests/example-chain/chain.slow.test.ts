/** The example of a lab of your own: a right server passes, run and explored, and wrong ones do not. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { missingIn } from '../../grading/hand-in/assemble';
import { readHandIn } from '../../grading/hand-in/read';
import { Solution } from '../../nodes/sandbox/sandbox';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { inProcessArena } from '../../suite/campaigns/in-process-arena';
import { runCampaign } from '../../suite/campaigns/run-campaign';
import { runScenario } from '../../suite/run/run-scenario';
import { runSeeds } from '../../suite/run/run-seeds';
import type { CampaignScenario } from '../../suite/scenario/scenario';
import { parseSchedule } from '../../worlds/explored/schedule';
import { everyScenario } from '../catalogue';
import { cutSolution } from '../solution-regions';

const root = path.join(__dirname, '../..');
const server = 'pbservice/chain/chain-server.ts';
const source = readFileSync(path.join(root, server), 'utf8');
const ours = everyScenario().filter(({ part }) => part === 'L');
const seeds = [1, 2, 3];

/** What comes of each scenario with this text in the place of the server. */
async function verdicts(text: string): Promise<Record<string, string>> {
  const folder = temporaryFolder('viewlab-chain-');
  for (const file of ['pbservice/chain/api.ts', 'pbservice/chain/node.ts']) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), readFileSync(path.join(root, file)));
  }
  writeFileSync(path.join(folder, server), text);
  const solution = new Solution(folder);
  const found: Record<string, string> = {};
  for (const scenario of ours) {
    const { id, campaign } = scenario;
    const arenaOf = (seed: number) => inProcessArena({ solution, scenario: id, seed });
    const { failure, schedule } =
      campaign === undefined
        ? await runSeeds({
            seeds,
            run: (seed, tracing) => runScenario(scenario, { seed, solution, tracing }),
          })
        : await runCampaign(campaign, { seeds: [1], arenaOf });
    found[id] = failure === null ? 'passes' : failure.kind;
    if (campaign !== undefined && schedule !== undefined) {
      expect(parseSchedule(schedule)?.setting.system).toBe('chain');
    }
  }
  return found;
}

function without(line: string, instead: string): string {
  expect(source).toContain(line);
  return source.replace(line, instead);
}

test('a right server passes', async () => {
  expect(await verdicts(source)).toEqual({ L1: 'passes', L2: 'passes', L3: 'passes' });
});

test('a head that answers before the tail has it is found by the explorer', async () => {
  const text = without('await this.reached[number];', 'await undefined;');
  expect(await verdicts(text)).toMatchObject({ L3: 'not linearizable' });
});

test('what a server says of itself costs no points', async () => {
  const text = without(
    'writes: this.reached.length - 1',
    'writes: Number(this.options.next === null) + this.reached.length - 1',
  );
  expect(await verdicts(text)).toEqual({ L1: 'passes', L2: 'passes', L3: 'passes' });
});

test('the stub says what is to be written', async () => {
  const nothing = 'not implemented';
  const text = cutSolution(source, server);
  expect(await verdicts(text)).toEqual({ L1: nothing, L2: nothing, L3: nothing });
});

test('the exploration comes to its bound', async () => {
  const { campaign } = ours.find(({ id }) => id === 'L3') as CampaignScenario;
  const arena = inProcessArena({ solution: new Solution(root), scenario: 'L3', seed: 1 });
  const { remark } = await campaign.run(arena);
  expect(remark).toMatch(/^[\d,]+ states exhaustive, 500 samples$/);
});

test('a hand-in of this lab alone can be read, and lacks nothing of another', async () => {
  const folder = temporaryFolder('viewlab-chain-');
  mkdirSync(path.join(folder, path.dirname(server)), { recursive: true });
  writeFileSync(path.join(folder, server), source);
  const files = await readHandIn(folder);
  expect([...files.keys()]).toEqual([server]);
  expect(missingIn(files, ['L'])).toEqual([]);
  expect(missingIn(files, ['A'])).toEqual(['viewservice/rules.ts', 'viewservice/server.ts']);
  expect(missingIn(new Map(), ['B'])).toHaveLength(6);
});
