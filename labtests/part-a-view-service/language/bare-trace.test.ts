/** A failure of part A can be looked at, although it happened without a network. */

import { Solution } from '../../../nodes/sandbox/sandbox';
import { failurePage } from '../../../report/run-page';
import { runScenario } from '../../../suite/run/run-scenario';
import { breakSolution } from '../../broken-solutions/broken-solution';
import { allScenarios } from '../../catalogue';
import { BareTrace } from './bare-trace';

const pingBody =
  '    return this.enter(rules.ping(this.state, server, viewnum, this.options.deadPings));\n';
const bodyOf = (reply: string) => `    void [server, viewnum];\n    return ${reply};\n`;

test('what servers said and were told between two ticks is spread over the interval', () => {
  const trace = new BareTrace();
  trace.start();
  trace.called('ping', { server: 's1', viewnum: 0 })({
    reply: { viewnum: 1, primary: 's1', backup: null },
  });
  trace.tick();
  trace.called('get', {})({ error: { code: 'internal', message: 'x' } });
  const events = trace.events(100);
  expect(events.map(({ t, node, type }) => `${t} ${node} ${type}`)).toEqual([
    ...['0 vs start', '16.667 s1 send', '33.333 vs deliver', '50 vs view'],
    ...['66.667 vs send', '83.333 s1 deliver', '100 vs tick', '120 test send'],
    ...['140 vs deliver', '160 vs send', '180 test deliver'],
  ]);
  trace.start();
  expect(trace.events(100)).toHaveLength(1);
});

test('a failure of the bare view service leaves a trace, and a page that shows its pings', async () => {
  const scenario = allScenarios().find(({ id }) => id === 'A4');
  if (scenario === undefined) throw new Error('there is no A4');
  const reply = '{ viewnum: 1, primary: server, backup: null }';
  const broken = breakSolution('viewservice/server.ts', [[pingBody, bodyOf(reply)]]);
  try {
    const solution = new Solution(broken.root);
    const result = await runScenario(scenario, { seed: 1, solution, tracing: true });
    const { failure, trace } = result;
    if (failure === null) throw new Error('it passes');
    expect(trace.map(({ t }) => t)).toEqual(trace.map(({ t }) => t).toSorted((a, b) => a - b));
    expect(trace.at(-1)).toMatchObject({ kind: 'response', type: 'deliver' });
    const page = failurePage({ ...result, failure }, 'A4', scenario);
    expect(page).toContain('"call":"ViewService.ping"');
    const silent = await runScenario(scenario, { seed: 1, solution, tracing: false });
    expect(silent).toMatchObject({ failure, trace: [] });
  } finally {
    broken.remove();
  }
});
