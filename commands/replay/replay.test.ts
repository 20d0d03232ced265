/** A debugger stops in the code of a student, at the line of the TypeScript file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';

const root = path.resolve(__dirname, '../..');
const file = path.join(root, 'viewservice/rules.ts');
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** Starts a replay that waits for a debugger; the address of its inspector. */
async function startReplay(): Promise<string> {
  const args = [
    '--inspect-brk=127.0.0.1:0',
    'scripts/run.cjs',
    'scripts/replay',
    'A2:1',
    '--debug',
  ];
  const started = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  child = started;
  let errors = '';
  for await (const data of started.stderr) {
    errors += data;
    const [address] = /ws:\/\/\S+/.exec(errors) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`no inspector: ${errors}`);
}

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
}

/**
 * Debugs as editors do: when it hears of the script it sets the breakpoint, at the line that the source
 * map tells. Resolves with the name of the function in which it stops.
 */
async function stopAt(address: string, line: number): Promise<string> {
  const socket = new WebSocket(address);
  let lastId = 0;
  const send = (method: string, params: object = {}) => {
    lastId += 1;
    socket.send(JSON.stringify({ id: lastId, method, params }));
  };
  try {
    return await new Promise((resolve, reject) => {
      socket.on('close', () => reject(new Error('the replay ended without a stop')));
      socket.on('open', () => {
        for (const method of ['Debugger.enable', 'Runtime.enable']) send(method);
        send('Runtime.runIfWaitingForDebugger');
      });
      socket.on('message', (data) => {
        const { method, params } = JSON.parse(String(data));
        if (method === 'Debugger.scriptParsed' && params.url === pathToFileURL(file).href) {
          const { scriptId } = params;
          const location = { scriptId, lineNumber: generatedLine(params, line) };
          send('Debugger.setBreakpoint', { location });
        }
        if (method !== 'Debugger.paused') return;
        if (params.hitBreakpoints?.length > 0) resolve(params.callFrames[0].functionName);
        // It stops at the beginning, too.
        else send('Debugger.resume');
      });
    });
  } finally {
    socket.terminate();
  }
}

/** The first line of the compiled script, from 0, that comes from this line of its source, from 1. */
function generatedLine({ sourceMapURL }: Script, line: number): number {
  const encoded = sourceMapURL.replace(/^data:.*;base64,/, '');
  const map = new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  for (let generated = 0; generated < 1_000; generated += 1) {
    const entry = map.findEntry(generated, 200);
    if ('originalLine' in entry && entry.originalLine === line - 1) return generated;
  }
  throw new Error(`no compiled line comes from line ${line}`);
}

test('a breakpoint in a student file is hit', async () => {
  const lines = readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.startsWith('function firstView(')) + 2;
  expect(await stopAt(await startReplay(), line)).toBe('firstView');
});
