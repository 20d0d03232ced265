/** One debugging session: a tree of states, the one that is looked at, and what may be asked. */
import { messageOf } from '../../../runtime/errors';
import type { Notice, Progress, Request, Slide, Snapshot } from '../../../viewer/debugging';
import type { Failure } from '../scenario/failure';
import type { NodeHost } from '../simulated/node-host';
import { type Action, usual } from './actions';
import { lectureOf } from './lectures';
import { LocalStates, NotRepeatable } from './local-states';
import { begin, follow } from './run';
import { scenarioCode } from './scenario-code';
import {
  actionNamed,
  type DebugSchedule,
  formatSchedule,
  formatSetting,
  type Named,
  nameSteps,
  parseSchedule,
} from './schedule';
import { search } from './search';
import { messagesIn, nodesIn, propertiesIn, runTo, timersIn, treeState, wayOf } from './snapshot';
import { Impossible } from './step';
import { stepsTo, Tree, type Visited } from './tree';
import type { Setting, WorldState } from './world-state';

export interface SessionOptions {
  /** A host for the solution as it is now. */
  readonly openHost: () => NodeHost;
  readonly setting: Setting;
  readonly onInput?: (node: string, what: string) => void;
  readonly onSettled?: () => void;
  /** A schedule of another kind, as one of this kind; undefined: it is none. */
  readonly translate?: (text: string, host: NodeHost) => Promise<DebugSchedule | undefined>;
}

export interface SearchBounds {
  readonly deviations: number;
  readonly seconds: number;
}

/** Usual events that may be asked for at a time. */
const maxUsual = 1_000;

/** The student's code does not even begin; `failure` says why. */
export class NoBeginning extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`expected ${failure.expected}, got: ${failure.actual}`);
    this.failure = failure;
  }
}

export class Session {
  private readonly options: SessionOptions;
  private generation = 0;
  private setting: Setting;
  private locals: LocalStates;
  private tree: Tree;
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
    this.locals = this.fresh();
    this.tree = new Tree(this.locals);
  }

  /** What somebody asks for, and what there is to see then. `known`: how many states of the tree. */
  answer(
    request: Request,
    known: { readonly generation: number; readonly states: number },
    onProgress: (progress: Progress) => void = () => undefined,
    bounds: SearchBounds = { deviations: 2, seconds: 30 },
  ): Promise<Snapshot | { readonly code: string } | null> {
    if (request.ask === 'cancel') {
      this.isCancelled = this.isSearching;
      return Promise.resolve(null);
    }
    return this.inTurn(async () => {
      const startedMs = performance.now();
      this.notice = null;
      if (this.current === null) await this.anew(this.setting, []);
      try {
        if (request.ask === 'scenario') return { code: scenarioCode(stepsTo(this.here)) };
        await this.carryOut(request, onProgress, bounds);
      } catch (error) {
        if (error instanceof Impossible || error instanceof NotRepeatable) {
          this.say('bad', 'impossible', { why: messageOf(error) });
        } else throw error;
      }
      return this.snapshot(known, performance.now() - startedMs);
    });
  }

  /** The code was changed: goes the same way with the new code, as far as it fits. */
  reload(files: readonly string[]): Promise<void> {
    this.isCancelled = true;
    return this.inTurn(async () => {
      const steps = this.current === null ? [] : nameSteps(stepsTo(this.here));
      const { slide } = this;
      const misfit = await this.anew(this.setting, steps).catch((error) => messageOf(error));
      this.slide = slide;
      const names = files.join(', ');
      if (misfit === null) this.say('good', 'reloaded', { files: names });
      else if (typeof misfit === 'string')
        this.say('bad', 'reload-failed', { files: names, why: misfit });
      else this.say('bad', 'reloaded-misfit', { files: names, ...misfit });
      this.keptNotice = this.notice;
    });
  }

  /** What a reload has to say waits for whoever looks next. */
  private keptNotice: Notice | null = null;

  close(): void {
    this.isCancelled = true;
    this.locals.close();
  }

  private inTurn<T>(body: () => Promise<T>): Promise<T> {
    const result = this.queue.then(body);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private get here(): Visited {
    return this.current as Visited;
  }

  private fresh(): LocalStates {
    const { openHost, onInput, onSettled } = this.options;
    return new LocalStates({
      ...{ host: openHost(), seed: this.setting.seed },
      ...(onInput && { onInput }),
      ...(onSettled && { onSettled }),
    });
  }

  /** A new tree, along these steps. Resolves with the first one that does not fit; null: all do. */
  private async anew(setting: Setting, steps: readonly Named[]) {
    this.locals.close();
    this.setting = setting;
    this.locals = this.fresh();
    this.tree = new Tree(this.locals);
    this.generation += 1;
    this.slide = null;
    const beginning = await begin(setting, this.locals);
    if (!('world' in beginning)) {
      this.current = null;
      throw new NoBeginning(beginning);
    }
    this.current = await this.tree.plant(beginning);
    return this.along(steps);
  }

  private along(steps: readonly Named[]) {
    return follow(this.here.world, steps, (action) => this.take(action));
  }

  private async take(action: Action): Promise<WorldState> {
    this.current = await this.tree.take(this.here, action);
    return this.current.world;
  }

  private say(kind: Notice['kind'], key: string, values: Notice['values'] = {}): void {
    this.notice = { kind, key, values };
  }

  private async carryOut(
    request: Exclude<Request, { readonly ask: 'cancel' | 'scenario' }>,
    onProgress: (progress: Progress) => void,
    bounds: SearchBounds,
  ): Promise<void> {
    switch (request.ask) {
      case 'look':
        this.notice = this.keptNotice;
        this.keptNotice = null;
        break;
      case 'do': {
        const action = actionNamed(this.here.world, request.name);
        if (action === undefined) throw new Impossible(`there is no ${request.name} in this state`);
        await this.take(action);
        break;
      }
      case 'usual':
        for (let i = 0; i < Math.min(request.count, maxUsual); i += 1) {
          const action = usual(this.here.world);
          if (action === undefined) throw new Impossible('nothing more happens by itself');
          await this.take(action);
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
    onProgress: (progress: Progress) => void,
    bounds: SearchBounds,
  ): Promise<void> {
    this.isCancelled = false;
    this.isSearching = true;
    const { locals } = this;
    try {
      const { found, states, exhausted } = await search(this.here.world, {
        ...{ locals, ...bounds },
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
      for (const action of found.path) await this.take(action);
      this.say('bad', 'search-found', { states, actual: found.failure.actual });
    } finally {
      this.isSearching = false;
    }
  }

  private async open(text: string): Promise<void> {
    const schedule =
      parseSchedule(text) ?? (await this.options.translate?.(text, this.options.openHost()));
    if (schedule === undefined) {
      this.say('bad', 'no-schedule', { schedule: text.slice(0, 200) });
      return;
    }
    const misfit = await this.anew(schedule.setting, schedule.steps);
    if (misfit === null) this.say('good', 'schedule-fits');
    else this.say('bad', 'misfit', misfit);
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
    this.slide = { lecture: id, number, count };
    const steps = lecture.slides.slice(0, number + 1).flatMap((slide) => slide.steps);
    const misfit = await this.along(steps);
    if (misfit !== null) this.say('bad', 'misfit', misfit);
  }

  private snapshot(
    known: { readonly generation: number; readonly states: number },
    tookMs: number,
  ): Snapshot {
    const { here, tree, generation } = this;
    const from = known.generation === generation ? known.states : 0;
    return {
      ...{ generation, tookMs, slide: this.slide, notice: this.notice },
      setting: formatSetting(this.setting),
      current: here.id,
      tree: tree.states.slice(from).map(treeState),
      run: runTo(here),
      way: wayOf(here),
      nodes: nodesIn(here),
      messages: messagesIn(here.world),
      timers: timersIn(here.world),
      cut: here.world.cut,
      properties: propertiesIn(here.verdicts),
      schedule: formatSchedule(this.setting, nameSteps(stepsTo(here))),
    };
  }
}
