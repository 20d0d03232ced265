/** The page of the debugger: what the server says is drawn anew, and every click is asked of it. */

import { element } from '../kit/dom';
import { languageSwitch, tellLanguage } from '../kit/language';
import { button, keepingFocus } from './buttons';
import type { Notice, Request, Snapshot } from './debugging';
import { askForSchedule, showHelp, showScenario } from './dialogs';
import { drawing } from './drawing';
import { listenToDebugKeys } from './keys';
import { lectureBar } from './lecture';
import { nodesPanel } from './nodes';
import { clientPanel, messagesPanel, partitionPanel, propertiesPanel, timersPanel } from './panels';
import { askDebugger, type DebugNews, isSnapshot, listen, ServerError } from './server';
import { TreePanel } from './tree';
import { word, wordFor } from './words';

export class DebugApp {
  private snapshot: Snapshot | undefined;
  private tree = new TreePanel();
  private generation = 0;
  private pings = true;
  private raw = false;
  private isLecturing = false;
  private isSearching = false;
  private notice: Notice | null = null;
  private paint: () => void = () => undefined;
  private readonly root = element('div', { class: 'debugger' });
  private readonly status = element('p', { role: 'status', class: 'notice' });

  async start(): Promise<void> {
    tellLanguage();
    this.status.textContent = word('loading');
    document.body.append(this.status, this.root);
    listenToDebugKeys({
      usual: (count) => this.do({ ask: 'usual', count }),
      back: () => this.go(this.tree.parentOf(this.current)),
      forward: () => this.forward(),
      branch: (direction) => this.go(this.tree.beside(this.current, direction)),
      messages: () => document.querySelector<HTMLElement>('.messages button')?.focus(),
      search: () => this.search(),
      cancel: () => this.cancel(),
      copy: () => this.copy(),
      scenario: () => this.do({ ask: 'scenario' }),
      open: () => this.open(),
      lecture: () => this.toggleLecture(),
      slide: (by) => this.turn(by),
      isLecture: () => this.isLecture,
      help: showHelp,
    });
    listen((told) => this.told(told));
    window.addEventListener('resize', () => this.paint());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.paint());
    const words = new URLSearchParams(location.search);
    const schedule = words.get('schedule');
    const lecture = words.get('lecture');
    this.isLecturing = lecture !== null;
    if (lecture !== null) await this.do({ ask: 'slide', lecture, number: 0 });
    else if (schedule !== null) await this.do({ ask: 'open', schedule });
    else await this.do({ ask: 'look' });
    document.documentElement.dataset.ready = 'true';
  }

  private get current(): number {
    return this.snapshot?.current ?? 0;
  }

  private get isLecture(): boolean {
    return this.isLecturing && this.snapshot?.slide !== null && this.snapshot !== undefined;
  }

  private async do(request: Request): Promise<void> {
    try {
      const known = { generation: this.generation, states: this.tree.states.length };
      const answer = await askDebugger(request, known);
      if (answer === null) return;
      if (isSnapshot(answer)) this.take(answer);
      else if ('code' in answer) showScenario(answer.code);
      else this.say(answer.notice);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const isOurs = error instanceof ServerError;
      this.say({ kind: 'bad', key: isOurs ? 'failed' : 'server-gone', values: { why } });
    }
  }

  private take(snapshot: Snapshot): void {
    if (snapshot.generation !== this.generation) {
      this.tree = new TreePanel();
      this.generation = snapshot.generation;
    }
    // Two answers may be under way at a time: each brings what the other brings.
    this.tree.add(snapshot.tree.filter(({ id }) => id >= this.tree.states.length));
    this.tree.visit(snapshot.current);
    this.snapshot = snapshot;
    this.notice = snapshot.notice;
    this.draw();
  }

  private told({ progress, reloaded, failed }: DebugNews): void {
    if (progress !== undefined && this.isSearching) {
      this.say({ kind: 'good', key: 'searching', values: { ...progress } });
    }
    if (reloaded === true) void this.do({ ask: 'look' });
    if (failed !== undefined) this.say({ kind: 'bad', key: 'failed', values: { why: failed } });
  }

  private say(notice: Notice | null): void {
    this.notice = notice;
    this.status.className = `notice ${notice?.kind ?? ''}`.trim();
    this.status.textContent = notice === null ? '' : wordFor(notice.key, notice.values);
  }

  private act = (name: string): void => void this.do({ ask: 'do', name });

  private go(state: number | undefined): void {
    if (state !== undefined) void this.do({ ask: 'go', state });
  }

  private forward(): void {
    const child = this.tree.childOf(this.current);
    if (child === undefined) void this.do({ ask: 'usual', count: 1 });
    else this.go(child);
  }

  private async search(): Promise<void> {
    if (this.isSearching) return;
    this.isSearching = true;
    this.draw();
    await this.do({ ask: 'search' });
    this.isSearching = false;
    this.draw();
  }

  private cancel(): void {
    if (this.isSearching) void this.do({ ask: 'cancel' });
  }

  private copy(): void {
    const { schedule = '' } = this.snapshot ?? {};
    // Where the page may not write to the clipboard, the schedule stands in the notice all the same.
    void navigator.clipboard?.writeText(schedule).catch(() => undefined);
    this.say({ kind: 'good', key: 'copied', values: { schedule } });
  }

  private open(): void {
    askForSchedule(this.snapshot?.schedule ?? '', (schedule) => this.do({ ask: 'open', schedule }));
  }

  private toggleLecture(): void {
    if (this.isLecture) {
      this.isLecturing = false;
      this.draw();
      return;
    }
    this.isLecturing = true;
    const first = this.snapshot?.lectures[0]?.id ?? '';
    const { lecture = first, number = 0 } = this.snapshot?.slide ?? {};
    void this.do({ ask: 'slide', lecture, number });
  }

  private turn(by: 1 | -1): void {
    const { slide } = this.snapshot ?? {};
    if (slide === null || slide === undefined) return;
    const number = slide.number + by;
    if (number < 0 || number >= slide.count) return;
    void this.do({ ask: 'slide', lecture: slide.lecture, number });
  }

  private draw(): void {
    keepingFocus(() => this.drawAll(), 'next');
  }

  private drawAll(): void {
    const { snapshot } = this;
    this.say(this.notice);
    if (snapshot === undefined) return;
    document.title = word('title');
    const { isLecture } = this;
    document.body.classList.toggle('lecture', isLecture);
    const { section, paint } = drawing(snapshot, {
      pings: this.pings && !isLecture,
      zoom: isLecture ? 1.5 : 1,
      setPings: (pings) => {
        this.pings = pings;
        this.draw();
      },
      go: (state) => this.go(state),
    });
    this.paint = paint;
    const tree = element('nav', { class: 'tree', 'aria-label': word('states'), tabindex: 0 });
    tree.append(this.tree.draw(snapshot.current, (id) => this.go(id)));
    const { act } = this;
    const setRaw = (raw: boolean) => {
      this.raw = raw;
      this.draw();
    };
    const nodes = nodesPanel(snapshot, { act, raw: this.raw && !isLecture, setRaw });
    const properties = propertiesPanel(snapshot);
    // Of a lecture the nodes are to be seen, unless something is wrong.
    const isWell = snapshot.properties.every(({ holds }) => holds);
    const side = isLecture && isWell ? [nodes, properties] : [properties, nodes];
    const next = [
      messagesPanel(snapshot, act),
      timersPanel(snapshot, act),
      clientPanel(snapshot, act),
      partitionPanel(snapshot, act),
    ];
    const bar =
      isLecture && snapshot.slide !== null
        ? lectureBar(snapshot, snapshot.slide, {
            turn: (by) => this.turn(by),
            choose: (lecture) => void this.do({ ask: 'slide', lecture, number: 0 }),
            leave: () => this.toggleLecture(),
            languages: () => languageSwitch(word('language'), () => this.draw()),
          })
        : this.toolbar(snapshot);
    const content = isLecture
      ? [
          element('div', { class: 'left' }, section),
          element('aside', { 'aria-label': word('nodes'), tabindex: 0 }, ...side),
        ]
      : [
          element('div', { class: 'left' }, section, element('div', { class: 'pending' }, ...next)),
          element('aside', { 'aria-label': word('nodes') }, ...side),
        ];
    this.root.replaceChildren(bar, ...(isLecture ? [] : [tree]), element('main', {}, ...content));
    paint();
    tree.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }

  private toolbar({ setting, tookMs }: Snapshot): HTMLElement {
    const { isSearching } = this;
    return element(
      'header',
      { class: 'bar' },
      element('h1', {}, `${word('title')} `, element('small', {}, setting)),
      element(
        'div',
        { class: 'actions', role: 'group', 'aria-label': word('actions') },
        button(word('next'), () => void this.do({ ask: 'usual', count: 1 }), {
          ...{ key: 'next', title: word('next-title'), main: true },
        }),
        button(word('next-ten'), () => void this.do({ ask: 'usual', count: 10 }), {
          title: word('next-ten-title'),
        }),
        button(word('back'), () => this.go(this.tree.parentOf(this.current)), {
          title: word('back-title'),
        }),
        isSearching
          ? button(word('cancel'), () => this.cancel(), { key: 'search' })
          : button(word('search'), () => void this.search(), {
              ...{ key: 'search', title: word('search-title') },
            }),
        button(word('copy'), () => this.copy(), { title: word('copy-title') }),
        button(word('scenario'), () => void this.do({ ask: 'scenario' }), {
          title: word('scenario-title'),
        }),
        button(word('open'), () => this.open(), { title: word('open-title') }),
        button(word('lectures'), () => this.toggleLecture(), { title: word('lectures-title') }),
        button(word('help'), showHelp, { title: word('help-title') }),
      ),
      languageSwitch(word('language'), () => this.draw()),
      element('small', { class: 'took' }, word('took', { ms: tookMs.toFixed(1) })),
    );
  }
}
