/** The program of a server, of either kind: start, say so, run until told to stop, stop in order. */
import { setImmediate } from 'node:timers/promises';
import { notYet, stubIn } from '../errors';
import type { Address, Boot } from '../node';
import { Host } from '../websocket/host';
import { explainListenError } from '../websocket/listener';
import { readToken, requireTokenBeyondLoopback } from './arguments';
import { endAtOnce, ProgramFailure } from './exit';
import { type LogFormat, logWriter } from './log-lines';
import { whenNpmIsGone } from './npm';
import { TraceFile } from './trace-file';

export interface ServerSettings {
  readonly boot: Boot;
  readonly host: string;
  readonly port: number;
  /** The address under which others reach it, if it is not where it listens. */
  readonly advertise: Address | undefined;
  readonly tokenFile: string | undefined;
  readonly trace: string | undefined;
  readonly log: LogFormat;
  /** The message when the server listens: its address, and the next step. */
  readonly ready: (address: Address) => string;
}

/** Resolves when the server was told to stop and has stopped; rejects when its code is a stub. */
export async function runServer(settings: ServerSettings): Promise<undefined> {
  const token = readToken(settings.tokenFile);
  requireTokenBeyondLoopback(settings.host, token);
  const trace = settings.trace === undefined ? undefined : new TraceFile(settings.trace);
  const say = logWriter(settings.log, process.stdout);
  const stopRequested = untilToldToStop();
  let meetStub!: (stub: string) => void;
  const stubMet = new Promise<never>((_resolve, reject) => {
    meetStub = (stub) => reject(new ProgramFailure(notYet(stub)));
  });
  // The promise is awaited below; until then it must not count as unhandled.
  stubMet.catch(() => undefined);

  const listen = { host: settings.host, port: settings.port };
  const host = await Host.start({
    boot: settings.boot,
    listen,
    ...(settings.advertise !== undefined && { address: settings.advertise }),
    token,
    trace: trace?.write,
    onLog: (event, fields) => say({ type: 'log', event, fields }),
    onFailure: (bug) => {
      const stub = stubIn(bug.message);
      // A person wants to hear of a stub once; a program that started this one decides itself.
      if (stub !== undefined && settings.log === 'words') return meetStub(stub);
      say({ ...bug, ...(stub !== undefined && { stub }) });
    },
  }).catch((error) => {
    throw new ProgramFailure(explainListenError(error, listen));
  });
  try {
    // A start that is a stub has said so by then.
    await Promise.race([stubMet, setImmediate()]);
    const { address, listening } = host;
    say({ type: 'ready', address, listening, text: settings.ready(address) });
    say({ type: 'stopping', reason: await Promise.race([stubMet, stopRequested]) });
  } finally {
    await host.stop();
    trace?.close();
  }
}

/** Resolves with the reason, at the first one; a signal after that ends the process at once. */
function untilToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let told = false;
    const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    for (const [signal, exitCode] of Object.entries(signals)) {
      process.on(signal, () => {
        if (told) endAtOnce(exitCode);
        told = true;
        resolve(signal);
      });
    }
    // A parent that started this process with a channel wants it to end together with the parent.
    const orphaned = () => resolve('the program that started it is gone');
    process.once('disconnect', orphaned);
    if (process.connected === false) orphaned();
    whenNpmIsGone(() => resolve('npm, which started it, is gone'));
    // `npm run viewservice | head -1`: nobody reads any more.
    process.stdout.on('error', () => resolve('nobody reads its output'));
  });
}
