/** The language of the lab: what its scenarios can say. */
import { expectation, notImplementedYet, ScenarioFailure } from '../../judging/failure';
import { describeOperation } from '../../judging/recorder';
import type { Operation } from '../../pbservice/api';
import { type About, addScenario } from '../../suite/scenario/scenario';
import type { Body, Stage } from '../../suite/scenario/stage';
import { finishMs } from '../../worlds/timing';
import type { World } from '../../worlds/world';
import { chain } from './lab';
import { chainSystem } from './system';

/** A chain of three, its clients, and the network between them. */
export class Chain {
  readonly servers = ['s1', 's2', 's3'];
  readonly world: World;
  private readonly stage: Stage;
  private clients = 0;

  constructor(stage: Stage) {
    this.stage = stage;
    this.world = stage.world;
    for (const name of this.servers) this.world.start(name, chainSystem.server(name, this.servers));
  }

  /** Starts a client, and returns its name. */
  client(): string {
    this.clients += 1;
    const name = `c${this.clients}`;
    this.world.start(name, chainSystem.client(this.servers));
    return name;
  }

  /** Has a client do something; what it read. Everything is written down, and judged in the end. */
  async perform(client: string, operation: Operation): Promise<string | null> {
    const { op, ...args } = operation;
    this.stage.recorder.invoke(client, operation);
    const result = await this.world.invoke(client, op, args);
    this.stage.recorder.return(client, operation, result);
    if ('reply' in result) return (result.reply as { value: string | null }).value;
    const { code, message } = result.error;
    if (code === 'not-implemented') throw new ScenarioFailure(notImplementedYet([message]));
    throw expectation(`${describeOperation(operation)} of ${client} to succeed`, message);
  }

  append(client: string, key: string, value: string): Promise<string | null> {
    return this.perform(client, { op: 'append', key, value });
  }

  get(client: string, key: string): Promise<string | null> {
    return this.perform(client, { op: 'get', key });
  }

  /** Lets a time pass that is drawn from the seed. */
  moment(longestMs: number): Promise<void> {
    return this.world.sleep(this.world.random() * longestMs);
  }

  /** Work that goes on beside what follows; a failure of it counts when it is finished. */
  meanwhile<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return work;
  }

  /** The faults are over: now all that was begun must come to its end. */
  async finish(work: Promise<unknown>): Promise<void> {
    this.world.heal();
    let isOver = false;
    const note = () => {
      isOver = true;
    };
    work.then(note, note);
    if (await this.world.until(() => isOver, finishMs)) await work;
    else {
      const expected = `every client to finish within ${finishMs / 1_000} s after the faults`;
      throw new ScenarioFailure({ kind: 'stuck', expected, actual: 'one still waits' });
    }
  }
}

/** A body that is told in this language. */
export function inChain(tell: (chain: Chain) => Promise<void>): Body {
  return (stage) => tell(new Chain(stage));
}

export function chainScenario(
  id: string,
  name: string,
  about: About,
  tell: (chain: Chain) => Promise<void>,
): void {
  const onlySimulated = 'the lab has no mains';
  addScenario(chain, id, name, { ...about, onlySimulated, body: inChain(tell) });
}
