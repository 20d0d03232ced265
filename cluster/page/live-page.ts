/** The live page of a cluster: tells browsers what happens, and carries out what they ask for. */
import { messageOf } from '../../runtime/errors';
import { UsageError } from '../../runtime/terminal/exit';
import { livePage, prepareLivePage } from '../../viewer/live/page';
import type { LiveNews, LogEntry } from '../../viewer/model/live-data';
import { clientName } from '../members/network';
import { parseAsked } from './requests';
import { PageServer } from './server';
import { type News, Watch, type WatchSettings } from './watch';

/** How many commands of pages may be under way at a time. */
const maxUnderWay = 16;

export interface LivePageSettings extends WatchSettings {
  /** Where to listen; 0: any free port. */
  readonly port: number;
  /** Carries out a line as the prompt does. */
  readonly run: (line: string) => Promise<unknown>;
  /** Cancels the operations that pages have begun. */
  readonly cancel: () => void;
}

export class LivePage {
  private readonly settings: LivePageSettings;
  private readonly watch: Watch;
  private server: PageServer | undefined;
  private underWay = 0;

  private constructor(settings: LivePageSettings) {
    this.settings = settings;
    this.watch = new Watch(settings, (news) => this.tell(news));
  }

  /** Before the members join the network. Rejects with a Failure when it cannot listen. */
  static async open(settings: LivePageSettings): Promise<LivePage> {
    prepareLivePage();
    settings.cluster.network.watch();
    const page = new LivePage(settings);
    try {
      page.server = await PageServer.open({
        port: settings.port,
        html: livePage,
        greeting: () => JSON.stringify(page.hello()),
        onMessage: (text, answer) => page.onMessage(text, (told) => answer(JSON.stringify(told))),
      });
    } catch (error) {
      page.watch.close();
      throw error;
    }
    return page;
  }

  get link(): string {
    return this.server?.link ?? '';
  }

  /** Takes a line of the log. */
  note(entry: LogEntry): void {
    this.watch.note(entry);
  }

  close(): void {
    this.watch.close();
    this.server?.close(JSON.stringify({ type: 'ended' } satisfies LiveNews));
  }

  private hello(): LiveNews {
    const { cluster } = this.settings;
    const { now, samples, entries } = this.watch;
    const names = cluster.members.map(({ name }) => name);
    const { introduction } = cluster;
    return { type: 'hello', introduction, names, clientName, now, samples, entries };
  }

  private tell(news: News): void {
    if (this.server === undefined || this.server.pages === 0) return;
    this.server.tell(JSON.stringify({ type: 'news', ...news } satisfies LiveNews));
  }

  private onMessage(text: string, answer: (told: LiveNews) => void): void {
    try {
      const asked = parseAsked(text);
      if (asked.type === 'cancel') this.settings.cancel();
      else this.run(asked.line, answer);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      answer({ type: 'refused', why: error.message });
    }
  }

  private run(line: string, answer: (told: LiveNews) => void): void {
    if (line.trim() === '') return;
    const why = this.objectionTo(line);
    if (why !== undefined) {
      answer({ type: 'refused', why });
      return;
    }
    this.underWay += 1;
    this.settings
      .run(line)
      .catch((error) => answer({ type: 'refused', why: messageOf(error) }))
      .finally(() => {
        this.underWay -= 1;
      });
  }

  private objectionTo(line: string): string | undefined {
    if (/^\s*(quit|exit)\b/.test(line)) return 'the cluster ends in its terminal: quit';
    if (/^\s*wait\b/.test(line)) return 'wait is for scripts';
    return this.underWay < maxUnderWay ? undefined : 'too many commands are under way: wait';
  }
}
