/** What the programs of both servers share: start, say so, run until told to stop, stop in order. */
import type { Address, Boot } from '../node';
import { Host } from '../websocket/host';
import { explainListenError } from '../websocket/listener';
import { readToken, requireTokenBeyondLoopback } from './arguments';
import { Failure } from './exit';
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
  /** What to say when it listens: how to reach it, what to do next. */
  readonly ready: (address: Address) => string;
}

/** Resolves when the server was told to stop and has stopped. */
export async function runServer(settings: ServerSettings): Promise<undefined> {
  const token = readToken(settings.tokenFile);
  requireTokenBeyondLoopback(settings.host, token);
  const trace = settings.trace === undefined ? undefined : new TraceFile(settings.trace);
  const say = logWriter(settings.log, process.stdout);
  const stopRequested = untilToldToStop();

  const listen = { host: settings.host, port: settings.port };
  const host = await Host.start({
    boot: settings.boot,
    listen,
    ...(settings.advertise !== undefined && { address: settings.advertise }),
    token,
    trace: trace?.write,
    onLog: (event, fields) => say({ type: 'log', event, fields }),
    onFailure: (where, error) => {
      say({ type: 'failure', where, error: (error as Error)?.stack ?? String(error) });
    },
  }).catch((error) => {
    throw new Failure(explainListenError(error, listen));
  });
  const { address, listening } = host;
  say({ type: 'ready', address, listening, text: settings.ready(address) });

  say({ type: 'stopping', reason: await stopRequested });
  await host.stop();
  trace?.close();
}

/** Resolves with the reason, at the first one; a signal after that ends the process at once. */
function untilToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let told = false;
    const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    for (const [signal, exitCode] of Object.entries(signals)) {
      process.on(signal, () => {
        if (told) process.exit(exitCode);
        told = true;
        resolve(signal);
      });
    }
    // Whoever started this process with a channel to it wants it to end with him, however he ends.
    const orphaned = () => resolve('the program that started it is gone');
    process.once('disconnect', orphaned);
    if (process.connected === false) orphaned();
    whenNpmIsGone(() => resolve('npm, which started it, is gone'));
    // `npm run viewservice | head -1`: nobody reads any more.
    process.stdout.on('error', () => resolve('nobody reads its output'));
  });
}
