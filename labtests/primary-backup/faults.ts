/** Faults of a scenario, and waiting for what must happen all the same. */
import { expectation, ScenarioFailure } from '../../judging/failure';
import { describeOperation } from '../../judging/recorder';
import { describeView } from '../../judging/view-rules';
import type { ErrorCode } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import type { View } from '../../viewservice/api';
import { finishMs, recoveryMs } from '../../worlds/timing';
import type { MessageFilter } from '../../worlds/world';
import { ScenarioError } from './copies';
import { LabServers } from './servers';

/** The faults that all scenarios of part B can make and end. */
export class LabFaults extends LabServers {
  private readonly paused = new Set<Address>();

  // Faults

  /**
   * A server crashes, unless the data would be gone with it: the one that serves alone, by what the
   * view service has decided, whether anybody has heard of that or not. No scenario may do that by
   * accident; who means it says `crashAnyway`. Part 0 has no views: there it crashes at once.
   */
  async crash(server: Address): Promise<void> {
    if (this.pair === undefined) await this.refuseToTake(server);
    this.crashAnyway(server);
  }

  /**
   * A server crashes, also when the data is gone with it: for scenarios in which just that happens, and
   * for those that have looked themselves.
   */
  crashAnyway(server: Address): void {
    this.copies.crashed(server);
    this.world.crash(server);
  }

  /** Whether the data would survive the crash of this server, and the view service find who has it. */
  async mayCrash(server: Address): Promise<boolean> {
    return this.copies.refusal(server, await this.world.viewNow()) === undefined;
  }

  /** The same, as far as anybody has heard of what the view service has decided. */
  isSpare(server: Address): boolean {
    return this.copies.refusal(server, this.view) === undefined;
  }

  /** Whether the view service may lose sight of this server for a while. */
  maySilence(server: Address): boolean {
    return this.copies.maySilence(server);
  }

  /**
   * A ping 0 of a server that has restarted may have been on its way when a view was made with it: the
   * view service takes it for another restart, and the server out of the view. So it is waited for.
   */
  private async refuseToTake(server: Address): Promise<void> {
    const deadline = this.world.now() + recoveryMs;
    let view = await this.world.viewNow();
    let refusal = this.copies.refusal(server, view);
    while (refusal !== undefined && !this.isPair(view) && this.world.now() < deadline) {
      await this.pings(1);
      view = await this.world.viewNow();
      refusal = this.copies.refusal(server, view);
    }
    if (refusal === undefined) return;
    const { untouched } = this.copies;
    if (untouched !== null) {
      throw expectation(
        `${describeView(untouched)} to last, as nothing has happened to its servers since it was acknowledged`,
        `the view service is in ${describeView(view)}`,
        this.unrecovered(),
      );
    }
    throw new ScenarioError(
      `the scenario must not crash ${server}: ${refusal}. Let it wait for a pair (untilPair, untilView), ask mayCrash, or say crashAnyway if the loss of all data is what it is about`,
    );
  }

  private isPair(view: View): boolean {
    return view.backup !== null && this.copies.isWhole(view);
  }

  /** The primary of the newest view crashes; its name. */
  async crashPrimary(): Promise<Address> {
    const { primary } = this;
    await this.crash(primary);
    return primary;
  }

  restart(server: Address): void {
    this.copies.started(server);
    this.world.restart(server);
  }

  pause(server: Address): void {
    this.copies.paused(server);
    this.paused.add(server);
    this.world.pause(server);
  }

  resume(server: Address): void {
    this.copies.resumed(server);
    this.paused.delete(server);
    this.world.resume(server);
  }

  /** Nothing gets from one to the other, in either direction. */
  cut(a: Address, b: Address): void {
    this.cutOneWay(a, b);
    this.cutOneWay(b, a);
  }

  cutOneWay(from: Address, to: Address): void {
    this.copies.cut(from, to);
    this.world.cut(from, to);
  }

  /** Nothing gets from one side to the other, in either direction. */
  partition(oneSide: readonly Address[], otherSide: readonly Address[]): void {
    for (const a of oneSide) for (const b of otherSide) this.cut(a, b);
  }

  mend(a: Address, b: Address): void {
    this.mendOneWay(a, b);
    this.mendOneWay(b, a);
  }

  private mendOneWay(from: Address, to: Address): void {
    this.copies.mended(from, to);
    this.world.mend(from, to);
  }

  dropNext(filter: MessageFilter, count = 1): void {
    this.world.drop(filter, count);
  }

  duplicateNext(filter: MessageFilter, count = 1): void {
    this.world.duplicate(filter, count);
  }

  /** The next requests of a client are refused with these errors, one after the other. */
  refuseNext(client: Address, codes: readonly ErrorCode[]): void {
    this.world.refuse(client, 'PbService.operate', codes);
  }

  /** From now on all requests of a client are refused with this error; the function that it returns ends that. */
  refuseAll(client: Address, code: ErrorCode, ...before: ErrorCode[]): () => void {
    this.refuseNext(client, [...before, ...Array.from({ length: 1_000 }, () => code)]);
    return () => this.refuseNext(client, []);
  }

  /** Holds messages back; the function that it returns lets them go. */
  hold(filter: MessageFilter, count = Number.POSITIVE_INFINITY): () => void {
    return this.world.hold(filter, count);
  }

  /** Holds back all that the two send to each other; the function that it returns lets it go. */
  holdBetween(a: Address, b: Address): () => void {
    const releases = [this.hold({ from: a, to: b }), this.hold({ from: b, to: a })];
    return () => {
      for (const release of releases) release();
    };
  }

  /** From now on messages between the two take up to `longestMs` each way; returns what ends that. */
  slowDown(a: Address, b: Address, longestMs: number): () => void {
    let isSlow = true;
    const gate = async () => {
      while (isSlow) {
        const release = this.holdBetween(a, b);
        await this.sleep(longestMs);
        release();
      }
    };
    void gate();
    return () => {
      isSlow = false;
    };
  }

  /** For a time, what one sends to the other arrives in any order: some wait, later ones pass. */
  async jumble(from: Address, to: Address, forMs: number, longestDelayMs = 60): Promise<void> {
    const end = this.world.now() + forMs;
    while (this.world.now() < end) {
      const release = this.hold({ from, to }, 1);
      void this.moment(longestDelayMs).then(release);
      await this.moment(8);
    }
  }

  storm(): void {
    this.copies.storm();
    this.world.storm();
  }

  heal(): void {
    this.copies.healed();
    this.world.heal();
    for (const server of this.paused) this.resume(server);
  }

  /** The primary crashes and its backup takes over; the name of the new primary. */
  async failOver(): Promise<Address> {
    const { backup } = this;
    await this.crashPrimary();
    await this.untilView({ primary: backup });
    return backup;
  }

  /** Ends all faults, then waits until `work` is done: once faults stop, clients finish. */
  async healAndFinish(work: Promise<unknown>): Promise<void> {
    this.heal();
    await this.finish(work);
  }

  /** Lets faults go on until `work` is done, for `longestMs` at the most; the rest of it without them. */
  async finishUnderFaults(work: Promise<unknown>, longestMs = finishMs / 2): Promise<void> {
    let done = false;
    const note = () => {
      done = true;
    };
    work.then(note, note);
    await this.world.until(() => done, longestMs);
    await this.healAndFinish(work);
  }

  /** Waits until `work` is done; fails when a client is stuck. */
  async finish(
    work: Promise<unknown>,
    withinMs = finishMs,
    because = 'nothing prevents it',
  ): Promise<void> {
    let done = false;
    let failed: unknown;
    work.then(
      () => {
        done = true;
      },
      (error) => {
        failed = error;
        done = true;
      },
    );
    if (await this.world.until(() => done, withinMs)) {
      if (failed !== undefined) throw failed;
      return;
    }
    await this.refuseToWait();
    throw this.stuck(withinMs, because);
  }

  stuck(withinMs: number, because = 'nothing prevents it'): ScenarioFailure {
    const { outstanding } = this.recorder;
    const waiting = outstanding.map(
      ({ process, operation, sinceMs }) =>
        `${process} waits for ${describeOperation(operation)} since ${Math.round(sinceMs)} ms`,
    );
    return new ScenarioFailure({
      kind: 'stuck',
      expected: `every client to finish within ${withinMs} ms, as ${because}`,
      actual: `${waiting.length === 1 ? '1 client still waits' : `${waiting.length} clients still wait`} at ${Math.round(this.world.now())} ms`,
      details: [
        ...waiting.slice(0, 5),
        `newest view: ${describeView(this.view)}${this.progress()}`,
      ],
      cited: outstanding.slice(0, 1).map(({ process, operation, sinceMs }) => ({
        ...{ process, operation, calledAtMs: sinceMs, isWaiting: true },
      })),
    });
  }

  /** How far the newest view has come, for whoever looks for what is missing. */
  private progress(): string {
    const { primary, viewnum } = this.view;
    if (primary === null) return '';
    return this.world.latestAcknowledged() === viewnum
      ? `; ${primary} has acknowledged it, so it should serve`
      : `; ${primary} has not acknowledged it: look at what it waits for, or whether it lacks the state`;
  }
}
