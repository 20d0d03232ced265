/** Faults in a state: messages and nodes change, and no code of a node runs. */
import { invokeInput } from './inputs';
import { messageKind, messageTo } from './messages';
import { NextEvent } from './next-event';

export class FaultyState extends NextEvent {
  /** A message on its way waits until it is released. */
  hold(index: number): void {
    this.duplicate(index);
    this.removeMessage(index);
  }

  /** A message on its way will come once more. */
  duplicate(index: number): void {
    const message = this.messages[2 * index] as number;
    const content = this.messages[2 * index + 1] as number;
    this.addHeld(message, content, this.ids[messageTo(message)] as number);
  }

  drop(index: number): void {
    this.removeMessage(index);
  }

  /** Nothing but this message is on its way. */
  onlyMessage(message: number, content: number): void {
    this.messageCount = this.heldCount = 0;
    this.addMessage(message, content);
  }

  release(index: number): void {
    const message = this.held[4 * index] as number;
    const content = this.held[4 * index + 1] as number;
    this.removeHeld(index);
    this.addMessage(message, content);
    // The copy comes before all other messages on their way.
    const last = 2 * (this.messageCount - 1);
    this.messages.copyWithin(2, 0, last);
    this.messages[0] = message;
    this.messages[1] = content;
  }

  pause(node: number): void {
    this.paused |= 1 << node;
  }

  resume(node: number): void {
    this.paused &= ~(1 << node);
  }

  /** The faults are over: everything held back comes, everybody goes on; who is down stays down. */
  heal(): void {
    while (this.heldCount > 0) {
      const message = this.held[0] as number;
      const content = this.held[1] as number;
      this.removeHeld(0);
      this.addMessage(message, content);
    }
    this.paused = this.cut = 0;
  }

  /** True: the message may be released, as it is for `node`, whose state differs from those seen before. */
  mayRelease(index: number, node: number): boolean {
    const at = 4 * index;
    if (messageTo(this.held[at] as number) !== node) return false;
    const id = this.ids[node] as number;
    return id !== this.held[at + 2] && id !== this.held[at + 3];
  }

  /** The opportunity has been considered. */
  considered(index: number): void {
    const node = messageTo(this.held[4 * index] as number);
    this.held[4 * index + 3] = this.ids[node] as number;
  }

  isHeldInvocation(index: number): boolean {
    return this.isInvocation(this.held[4 * index] as number);
  }

  isInvocation(message: number): boolean {
    return messageKind(message) === invokeInput;
  }
}
