/** One debugging session: a tree of states, the one that is looked at, and what may be asked. */

import type { Failure } from '../../judging/failure';
import { labsOn } from '../../labtests/labs';
import type { NodeHost } from '../../nodes/node-host';
import { messageOf } from '../../runtime/errors';
import type {
  DebugAnswer,
  Notice,
  Request,
  SearchProgress,
  Slide,
  Snapshot,
} from '../../viewer/debug/debugging';
import { NotRepeatable } from '../../worlds/explored/local-states';
import { moveNamed } from '../../worlds/explored/move-names';
import { usualMove } from '../../worlds/explored/moves';
import { firstBroken } from '../../worlds/explored/properties';
import { formatSchedule, parseSchedule, type Step } from '../../worlds/explored/schedule';
import { restOfRun, searchFromState } from '../../worlds/explored/search-from-state';
import { formatSetting, type Setting } from '../../worlds/explored/setting';
import type { WatchedCode } from '../../worlds/explored/watchdog';
import { lectureOf, lectures } from './lectures';
import { Picture, propertiesIn, runTo, wayOf } from './snapshot';
import { Impossible, StateTree, stepsTo, type Visited } from './tree';

export interface SessionOptions {
  /** A host for the solution as it is now, where this decides in the place of the view service. */
  readonly openHost: (arbiter: Setting['arbiter']) => NodeHost;
  readonly setting: Setting;
  readonly watched?: WatchedCode;
}

export interface SearchBounds {
  readonly deviations: number;
  readonly seconds: number;
}

/** Usual events that may be asked for at a time. */
const maxUsual = 1_000;

/** The student's code does not even begin; `notice` says why. */
class NoBeginning extends Error {
  readonly notice: Notice;

  constructor({ kind, expected, actual, details = [] }: Failure) {
    super(`expected ${expected}, got: ${actual}`);
    const isStub = kind === 'not implemented';
    this.notice = isStub
      ? { kind: 'bad', key: 'not-written', values: { stub: actual } }
      : {
          kind: 'bad',
          key: 'no-beginning',
          values: { expected, actual: [actual, ...details.slice(0, 1)].join(' ') },
        };
  }
}

export class DebugSession {
  private readonly options: SessionOptions;
  private generation = 0;
  private setting: Setting;
  private tree: StateTree;
  private current: Visited | null = null;
  private slide: Slide | null = null;
  private notice: Notice | null = null;
  private isCancelled = false;
  private isSearching = false;
  /** One request after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.options = options;
    this.setting = options.setting;
    this.tree = this.fresh();
  }

  /** Answers a request with the snapshot after it. `known`: how many states of the tree. */
  answer(
    request: Request,
    known: { readonly generation: number; readonly states: number },
    onProgress: (progress: SearchProgress) => void = () => undefined,
    bounds: SearchBounds = { deviations: 2, seconds: 30 },
  ): Promise<DebugAnswer> {
    if (request.ask === 'cancel') {
      this.isCancelled = this.isSearching;
      return Promise.resolve(null);
    }
    return this.inTurn(async () => {
      const startedMs = performance.now();
      this.notice = null;
      try {
        if (this.current === null) await this.anew(this.setting, []);
        if (request.ask === 'scenario') {
          return { code: this.scenarioCode() };
        }
        await this.carryOut(request, onProgress, bounds);
      } catch (error) {
        this.explain(error);
      }
      if (this.current === null) return { notice: this.notice };
      return this.snapshot(known, performance.now() - startedMs);
    });
  }

  /** The code was changed: goes the same way with the new code, as far as it fits. */
  reload(files: readonly string[]): Promise<void> {
    this.isCancelled = true;
    return this.inTurn(async () => {
      const steps = this.current === null ? [] : stepsTo(this.here);
      const { slide } = this;
      const names = files.join(', ');
      try {
        const misfit = await this.anew(this.setting, steps);
        if (misfit === null) this.say('good', 'reloaded', { files: names });
        else this.say('bad', 'reloaded-misfit', { files: names, ...misfit });
      } catch (error) {
        this.explain(error);
      }
      this.slide = slide;
      this.keptNotice = this.notice;
    });
  }

  /** The notice of a reload waits for the next look. */
  private keptNotice: Notice | null = null;

  close(): void {
    this.isCancelled = true;
    this.tree.close();
  }

  private inTurn<T>(body: () => Promise<T>): Promise<T> {
    const result = this.queue.then(body);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private get here(): Visited {
    return this.current as Visited;
  }

  private fresh(): StateTree {
    const { openHost, watched } = this.options;
    const { setting } = this;
    return new StateTree({ ...watched, host: openHost(setting.arbiter), setting });
  }

  /** A new tree, along these steps. Resolves with the first one that does not fit; null: all do. */
  private async anew(setting: Setting, steps: readonly Step[]) {
    this.tree.close();
    this.setting = setting;
    this.tree = this.fresh();
    this.generation += 1;
    this.slide = null;
    const beginning = await this.tree.plant();
    if (!('words' in beginning)) {
      this.current = null;
      throw new NoBeginning(beginning);
    }
    this.current = beginning;
    return this.along(steps);
  }

  private async along(steps: readonly Step[]) {
    const [here, misfit] = await this.tree.along(this.here, steps);
    this.current = here;
    return misfit;
  }

  private async take(move: number): Promise<void> {
    this.current = await this.tree.take(this.here, move);
  }

  private say(kind: Notice['kind'], key: string, values: Notice['values'] = {}): void {
    this.notice = { kind, key, values };
  }

  /** The notice for an error of the student's code, or of the request; throws any other error again. */
  private explain(error: unknown): void {
    if (error instanceof NoBeginning) this.notice = error.notice;
    else if (error instanceof Impossible || error instanceof NotRepeatable) {
      this.say('bad', 'impossible', { why: messageOf(error) });
    } else throw error;
  }

  private async carryOut(
    request: Exclude<Request, { readonly ask: 'cancel' | 'scenario' }>,
    onProgress: (progress: SearchProgress) => void,
    bounds: SearchBounds,
  ): Promise<void> {
    switch (request.ask) {
      case 'look':
        this.notice = this.keptNotice;
        this.keptNotice = null;
        break;
      case 'do': {
        const move = moveNamed(this.tree.enter(this.here), request.name);
        if (move === undefined) throw new Impossible(`there is no ${request.name} in this state`);
        await this.take(move);
        break;
      }
      case 'usual':
        for (let i = 0; i < Math.min(request.count, maxUsual); i += 1) {
          const move = usualMove(this.tree.enter(this.here).state);
          if (move === undefined) throw new Impossible('nothing more happens by itself');
          await this.take(move);
        }
        break;
      case 'go': {
        const state = this.tree.states[request.state];
        if (state === undefined) throw new Impossible(`there is no state ${request.state}`);
        this.current = state;
        break;
      }
      case 'search':
        await this.search(onProgress, bounds);
        break;
      case 'open':
        await this.open(request.schedule);
        break;
      case 'slide':
        await this.show(request.lecture, request.number);
        break;
    }
  }

  private async search(
    onProgress: (progress: SearchProgress) => void,
    bounds: SearchBounds,
  ): Promise<void> {
    this.isCancelled = false;
    this.isSearching = true;
    try {
      const { found, states, exhausted } = await searchFromState(this.tree.enter(this.here), {
        ...bounds,
        onProgress: (count, deviations) => onProgress({ states: count, deviations }),
        isCancelled: () => this.isCancelled,
      });
      if (found === null) {
        const key = this.isCancelled
          ? 'search-cancelled'
          : exhausted < 0
            ? 'search-none'
            : 'search-clean';
        this.say('good', key, { states, deviations: Math.max(exhausted, 0) });
        return;
      }
      for (const move of found.moves) {
        await this.take(move);
        if (this.isBroken) break;
      }
      this.say('bad', 'search-found', { states, actual: found.failure.actual });
    } finally {
      this.isSearching = false;
    }
  }

  private async open(text: string): Promise<void> {
    const schedule = parseSchedule(text);
    if (schedule === undefined) {
      this.say('bad', 'no-schedule', { schedule: text.slice(0, 200) });
      return;
    }
    const misfit = await this.anew(schedule.setting, schedule.steps);
    if (misfit !== null) {
      this.say('bad', 'misfit', { ...misfit });
      return;
    }
    if (schedule.toEnd) await this.goOn();
    this.say('good', 'schedule-fits');
  }

  private scenarioCode(): string {
    const write = labsOn(this.setting.system).find((lab) => lab.writeScenario)?.writeScenario;
    if (write === undefined) throw new Impossible('the lab of this system writes no scenarios');
    return write(this.tree.scenarioSteps(this.here));
  }

  private get isBroken(): boolean {
    return firstBroken(this.here.verdicts) !== undefined;
  }

  /** To the end of the run, or to where something is broken. */
  private async goOn(): Promise<void> {
    const rest = this.isBroken ? [] : await restOfRun(this.tree.enter(this.here));
    for (const find of rest) {
      this.tree.enter(this.here);
      const move = find();
      if (move === undefined) break;
      await this.take(move);
      if (this.isBroken) break;
    }
  }

  private async show(id: string, number: number): Promise<void> {
    const lecture = lectureOf(id);
    const count = lecture?.slides.length ?? 0;
    if (lecture === undefined || number < 0 || number >= count) {
      throw new Impossible(`there is no slide ${number} of a lecture ${id}`);
    }
    // States are kept, so coming back to a slide costs nothing but looking up.
    if (this.slide?.lecture !== id) await this.anew(lecture.setting, []);
    this.current = this.tree.states[0] as Visited;
    const { words } = lecture.slides[number] as (typeof lecture.slides)[number];
    this.slide = { lecture: id, name: lecture.name, words, number, count };
    const steps = lecture.slides.slice(0, number + 1).flatMap((slide) => slide.steps);
    const misfit = await this.along(steps);
    if (misfit !== null) this.say('bad', 'misfit', { ...misfit });
  }

  private snapshot(
    known: { readonly generation: number; readonly states: number },
    tookMs: number,
  ): Snapshot {
    const { here, tree, generation, setting } = this;
    const from = known.generation === generation ? known.states : 0;
    const picture = new Picture(tree);
    return {
      ...{ generation, tookMs, slide: this.slide, notice: this.notice },
      lectures: lectures.map(({ id, name }) => ({ id, name })),
      setting: formatSetting(setting),
      current: here.id,
      tree: tree.states.slice(from).map((state) => picture.treeState(state)),
      run: runTo(here),
      way: wayOf(here),
      nodes: picture.nodesIn(here),
      messages: picture.messagesIn(here),
      timers: picture.timersIn(here),
      cut: tree.world(here).cut,
      properties: propertiesIn(here.verdicts),
      schedule: formatSchedule({ setting, steps: stepsTo(here), toEnd: false }),
    };
  }
}
