/** The command `load` of the cluster's prompt. */
import { UsageError } from '../../runtime/terminal/exit';
import type { LoadResult } from '../../viewer/model/live-data';
import type { Cluster } from '../members/cluster';
import { clientBeside, clientName } from '../members/network';
import type { Screen } from '../members/screen';
import { maxLoadClients, maxRatePerSecond } from './load';
import { type Loads, loadResultInWords } from './loads';

export const loadUsage = 'load CLIENTS RATE [spread]';

interface LoadCommandSettings {
  readonly cluster: Cluster;
  readonly screen: Screen;
  readonly loads: Loads;
  /** A script waits until the load is judged. */
  readonly scripted: boolean;
}

export class LoadCommand {
  private readonly settings: LoadCommandSettings;
  private readonly fail: (text: string) => void;

  constructor(settings: LoadCommandSettings, fail: (text: string) => void) {
    this.settings = settings;
    this.fail = fail;
  }

  /** Throws a UsageError or a Failure when it cannot. */
  async run(words: readonly string[]): Promise<void> {
    const { loads, screen, scripted } = this.settings;
    if (words[0] === 'stop' && words.length === 1) {
      const judged = loads.stop();
      if (scripted) await judged;
      return;
    }
    const [first = '', second = '', where, ...rest] = words;
    const clients = whole(first, maxLoadClients);
    const rate = whole(second, maxRatePerSecond);
    const isKnown = (where === undefined || where === 'spread') && rest.length === 0;
    if (clients === undefined || rate === undefined || !isKnown) {
      const got = words.length === 0 ? 'nothing' : JSON.stringify(words.join(' '));
      throw new UsageError(
        `expected ${loadUsage} or load stop: 1 to ${maxLoadClients} clients, 1 to ` +
          `${maxRatePerSecond} operations a second, as in: load 4 100; got ${got}`,
      );
    }
    loads.begin(this.names(clients, where === 'spread'), rate, (result) => this.tell(result));
    const places = where === 'spread' ? ', beside the servers in turn' : '';
    screen.say(`load: ${clients} clients${places}, ${rate} operations a second, until "load stop"`);
  }

  /** Where the clients stand: at the prompt, or beside one server each, on its side of a partition. */
  private names(count: number, isSpread: boolean): string[] {
    const { replicas } = this.settings.cluster;
    const places = isSpread ? replicas.map(({ name }) => clientBeside(name)) : [clientName];
    return Array.from({ length: count }, (_, index) => places[index % places.length] as string);
  }

  private tell(result: LoadResult): void {
    const text = loadResultInWords(result);
    if (result.verdict === 'not linearizable') this.fail(text);
    else this.settings.screen.say(text, result.verdict === 'unknown' ? 'yellow' : 'green');
  }
}

function whole(text: string, max: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= 1 && value <= max ? value : undefined;
}
