/** The loads of a cluster, one at a time: begins one, stops it, has it judged, and tells how it went. */
import { ProgramFailure } from '../../runtime/terminal/exit';
import type { LoadNow, LoadResult } from '../../viewer/model/live-data';
import type { Clients } from './clients';
import { LoadJudge, loadHistoryFile } from './judge';
import { Load } from './load';
import type { Meter } from './meter';

export class Loads {
  private readonly clients: Clients;
  private readonly meter: Meter;
  private readonly judge = new LoadJudge();
  private number = 0;
  private load: Load | undefined;
  private verdict: Promise<LoadResult | undefined> | undefined;
  private state: LoadNow['state'] = 'idle';
  private result: LoadResult | undefined;
  private isOver = false;

  constructor(clients: Clients, meter: Meter) {
    this.clients = clients;
    this.meter = meter;
  }

  get now(): LoadNow {
    const { number, state, load, result } = this;
    return {
      number,
      state,
      clients: load?.settings.clients.length ?? 0,
      ratePerSecond: load?.settings.ratePerSecond ?? 0,
      operations: load?.operations ?? 0,
      ...(result && { result }),
    };
  }

  /**
   * Begins one. `onEnd` is called with the verdict, also when it stops by itself. Throws a Failure
   * when one runs already.
   */
  begin(
    clients: readonly string[],
    ratePerSecond: number,
    onEnd: (result: LoadResult) => void,
  ): void {
    if (this.state !== 'idle') {
      throw new ProgramFailure('a load runs already: "load stop" ends it, and has it judged');
    }
    this.number += 1;
    this.state = 'running';
    const settings = { number: this.number, clients, ratePerSecond };
    this.load = new Load(settings, this.clients, this.meter);
    this.verdict = this.untilJudged(this.load).then((result) => {
      if (result !== undefined) onEnd(result);
      return result;
    });
  }

  /** Stops the one that runs; resolves when it has been judged. Throws a Failure when none runs. */
  stop(): Promise<unknown> {
    if (this.load === undefined || this.state === 'idle') {
      throw new ProgramFailure('no load runs; try: load 4 100');
    }
    if (this.state === 'running') this.state = 'reading';
    this.load.stop();
    return this.verdict ?? Promise.resolve();
  }

  /** For the very end: nothing is judged any more. */
  async abandon(): Promise<void> {
    this.isOver = true;
    this.load?.abandon();
    this.judge.abandon();
    await this.verdict;
  }

  private async untilJudged(load: Load): Promise<LoadResult | undefined> {
    const { number } = load.settings;
    try {
      await load.stopped;
      if (this.isOver) return undefined;
      this.state = 'checking';
      this.result = await this.judge.judge(number, load.history);
    } catch (error) {
      this.result = { number, verdict: 'unknown', lines: [`it broke off: ${error}`] };
    } finally {
      this.state = 'idle';
    }
    return this.isOver ? undefined : this.result;
  }
}

/** The verdict for the terminal. */
export function loadResultInWords({ number, verdict, lines }: LoadResult): string {
  const again = `npm run check-history -- ${loadHistoryFile} --model kv`;
  return [
    `load ${number}: what its clients saw is ${lines.join('\n')}`,
    ...(verdict === 'linearizable' ? [] : [`The history is there to look at: ${again}`]),
  ].join('\n');
}
