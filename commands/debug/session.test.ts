/** Messages of the debugger about code that does not get as far as a first state. */
import path from 'node:path';
import { withBrokenSolution } from '../../labtests/broken-solutions/broken-solution';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import type { DebugAnswer } from '../../viewer/debug/debugging';
import { parseSetting, type Setting } from '../../worlds/explored/setting';
import { replayExplored } from '../replay/explored';
import { DebugSession } from './session';

const solution = path.join(__dirname, '../..');
const setting = parseSetting('aa.s2') as Setting;
const file = 'pbservice/server.ts';
const start = '  async start(): Promise<void> {\n';
const imports = 'import { messageOf, RpcError }';
const stub = [
  [start, `${start}    throw notImplemented('${file}', 'PbServer.start');\n`],
  [imports, imports.replace('messageOf', 'messageOf, notImplemented')],
] as const;

/** What a page sees, and then when the code has become that of the solution. */
async function lookTwice(broken: string): Promise<[DebugAnswer, DebugAnswer]> {
  let root = broken;
  const openHost = () => new InProcessHost(new Solution(root));
  const session = new DebugSession({ setting, openHost });
  try {
    const look = () => session.answer({ ask: 'look' }, { generation: 0, states: 0 });
    const first = await look();
    await session.reload([file]);
    expect(await look()).toEqual(first);
    root = solution;
    await session.reload([file]);
    return [first, await look()];
  } finally {
    session.close();
  }
}

test('a stub is named, and the page goes on when it is written', async () => {
  await withBrokenSolution(file, stub, async (broken) => {
    const [first, second] = await lookTwice(broken);
    const values = { stub: `PbServer.start in ${file} is not implemented yet` };
    expect(first).toEqual({ notice: { kind: 'bad', key: 'not-written', values } });
    expect(second).toMatchObject({ current: 0, notice: { kind: 'good', key: 'reloaded' } });
  });
});

test('so is what prevents a beginning in code that is written', async () => {
  const thrown = [[start, `${start}    throw new Error('not today');\n`]] as const;
  await withBrokenSolution(file, thrown, async (broken) => {
    const [first, second] = await lookTwice(broken);
    expect(first).toMatchObject({
      notice: {
        key: 'no-beginning',
        values: { actual: expect.stringMatching(/not today at PbServer.start .*server.ts:\d+/) },
      },
    });
    expect(second).toMatchObject({ current: 0, notice: { key: 'reloaded' } });
  });
});

test('a replay of what meets a stub says that alone, without an empty table', async () => {
  const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await withBrokenSolution(file, stub, async (root) => {
    const schedule = 'debug:aa.s2:4,hold.s1-s2.forward';
    expect(await replayExplored({ schedule, events: 20, root })).toBe(1);
    expect(print.mock.calls).toEqual([
      [
        '  expected  an implementation\n' +
          `  got       PbServer.start in ${file} is not implemented yet\n\n` +
          `  replay    npm run replay -- ${schedule}`,
      ],
    ]);
  });
  print.mockRestore();
});
