/** The live page: what the cluster tells is drawn, and what the buttons ask for is sent. */
import { element } from '../kit/dom';
import type { LiveNews, Now } from '../model/live-data';
import { type Language, languages } from '../strings/catalogue';
import { Charts } from './charts';
import { listenToLiveKeys, liveHelpDialog } from './keys';
import { type LinkState, LiveLink } from './link';
import { LoadPanel } from './load';
import { LogPanel } from './log';
import { OperationsPanel } from './operations';
import { PartitionPanel } from './partition';
import { Servers } from './servers';
import { type Say, sayIn } from './words';

export class LiveApp {
  private readonly say: Say;
  private readonly language: Language;
  private readonly link: LiveLink;
  private readonly servers: Servers;
  private readonly partition: PartitionPanel;
  private readonly load: LoadPanel;
  private readonly charts: Charts;
  private readonly log: LogPanel;
  private readonly operations: OperationsPanel;
  private readonly introduction = element('p', { class: 'introduction', lang: 'en' });
  private readonly state = element('p', { role: 'status', class: 'state' });
  private readonly view = element('p', { class: 'view' });
  private readonly split = element('p', { role: 'alert', class: 'split' });
  private readonly help: HTMLDialogElement;

  constructor(language: Language, token: string) {
    this.language = language;
    this.say = sayIn(language);
    const { say } = this;
    const run = (line: string) => this.run(line);
    this.servers = new Servers(say, run);
    this.partition = new PartitionPanel(say, run);
    this.load = new LoadPanel(say, run);
    this.charts = new Charts(say);
    this.log = new LogPanel(say, run, () => this.link.send({ type: 'cancel' }));
    this.operations = new OperationsPanel(say);
    this.help = liveHelpDialog(say);
    this.link = new LiveLink(
      token,
      (told) => this.told(told),
      (state, silentForMs) => this.showState(state, silentForMs),
    );
    listenToLiveKeys({
      choose: (server) => this.servers.choose(server),
      act: (action) => this.servers.actOnChosen(action),
      command: () => this.log.input.select(),
      heal: () => this.partition.heal(),
      load: () => this.load.toggle(),
      help: () => this.help.showModal(),
    });
    if (token === '') this.showText('refused', say('no-token'));
    else {
      this.showState('connecting', 0);
      this.link.open();
    }
  }

  /** Puts the page into the document. */
  show(): void {
    const { say } = this;
    document.title = `viewlab: ${say('title')}`;
    document.body.append(
      element(
        'header',
        {},
        element('div', {}, element('h1', {}, say('title')), this.introduction),
        element('div', { class: 'tools' }, this.state, this.switch(), this.helpButton()),
      ),
      element(
        'main',
        { class: 'live' },
        element(
          'div',
          { class: 'wide' },
          this.split,
          this.view,
          this.servers.box,
          this.charts.box,
          this.log.news,
        ),
        element('div', { class: 'narrow' }, this.partition.box, this.load.box, this.operations.box),
        this.log.box,
      ),
      this.help,
    );
  }

  private run(line: string): void {
    this.log.refuse('');
    if (!this.link.send({ type: 'run', line })) this.log.refuse(this.state.textContent ?? '');
  }

  private told(told: LiveNews): void {
    switch (told.type) {
      case 'hello': {
        const { names, clientName, samples, entries, introduction } = told;
        this.introduction.textContent = introduction;
        this.servers.name(names);
        this.partition.name([...names, clientName]);
        this.charts.begin(names, samples, entries);
        this.log.clear();
        this.log.add(entries, 0);
        this.render(told.now);
        document.documentElement.dataset.ready = 'true';
        break;
      }
      case 'news':
        this.charts.add(told.sample, told.entries);
        this.log.add(told.entries, told.leftOut);
        this.render(told.now);
        break;
      case 'refused':
        this.log.refuse(told.why);
        break;
      case 'ended':
        break;
    }
  }

  private render(now: Now): void {
    this.servers.render(now);
    this.partition.render(now);
    this.load.render(now.load);
    this.operations.render(now);
    setText(this.view, this.viewInWords(now));
    const { primaries } = now;
    setText(this.split, primaries > 1 ? this.say('split-brain', { count: primaries }) : '');
  }

  private viewInWords({ view }: Now): string {
    const { say } = this;
    if (view === null) return say('pair-view');
    if (view.forgotten !== null) return say('forgotten', { number: view.forgotten });
    if (view.viewnum === 0) return say('no-view');
    const text = say('view', {
      number: view.viewnum,
      primary: view.primary ?? say('nobody'),
      backup: view.backup ?? say('nobody'),
    });
    return view.acknowledged ? text : `${text} (${say('unacknowledged')})`;
  }

  private showState(state: LinkState, silentForMs: number): void {
    this.showText(state, this.say(state, { seconds: Math.round(silentForMs / 1_000) }));
  }

  private showText(state: LinkState, text: string): void {
    this.state.dataset.state = state;
    setText(this.state, text);
  }

  private helpButton(): HTMLElement {
    const click = () => this.help.showModal();
    return element('button', { type: 'button', 'aria-label': this.say('help'), click }, '?');
  }

  /** Links, so that the address carries the language. */
  private switch(): HTMLElement {
    const links = Object.entries(languages).map(([code, name]) =>
      element(
        'a',
        {
          href: `?lang=${code}${location.hash}`,
          lang: code === 'zh' ? 'zh-Hans' : code,
          ...(code === this.language && { 'aria-current': 'true' }),
        },
        name,
      ),
    );
    return element('nav', { 'aria-label': this.say('language') }, ...links);
  }
}

/** Only what changes is written: a screen reader tells of every change. */
function setText(box: HTMLElement, text: string): void {
  if (box.textContent !== text) box.textContent = text;
}
