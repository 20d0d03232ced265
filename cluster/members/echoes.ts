/**
 * Echoes: roles are learned from messages, and many servers log them, too. News that one of the two
 * ways has shown are not shown again when they come by the other.
 */
import { type LogLine, lineInWords } from '../../runtime/terminal/log-lines';
import type { Member } from './member';

/** The events that messages tell of. */
const told: ReadonlySet<string> = new Set(['view', 'acknowledged', 'forgot-views', 'entered-view']);
/** Of one member; far more than there are views on their way. */
const maxRemembered = 100;

export class Echoes {
  private readonly shown = new Map<Member, Set<string>>();

  /** True when this member has said the same in this incarnation; otherwise it has from now on. */
  isEcho(member: Member, line: LogLine): boolean {
    if (line.type !== 'log' || !told.has(line.event)) return false;
    const words = lineInWords(line);
    const shown = this.shown.get(member) ?? new Set();
    this.shown.set(member, shown);
    if (shown.has(words)) return true;
    shown.add(words);
    const [oldest] = shown.size > maxRemembered ? shown : [];
    if (oldest !== undefined) shown.delete(oldest);
    return false;
  }

  /** Begins anew, when the member does. */
  forget(member: Member): void {
    this.shown.delete(member);
  }
}
