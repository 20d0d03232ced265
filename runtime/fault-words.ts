/**
 * The table of fault words. Scenario language, worlds, traces, schedules and pages name a fault by the
 * word that stands here, and by no other; `scripts/fault-words.test.ts` holds them to it. See decision R8.
 */

export interface FaultWord {
  readonly meaning: string;
  /** As a trace that people read has it. */
  readonly seen: string;
  /** As a page has it on a button or beside a step, in each language. */
  readonly en: string;
  readonly zh: string;
}

export const faultWords = {
  // Of a message.
  drop: word('the message is lost', 'lost', ['is lost', '丢失']),
  duplicate: word('the message arrives once more', 'sent twice', [
    'will come once more',
    '将再来一次',
  ]),
  deliverTwice: word('the message arrives, and will once more', 'sent twice', [
    'arrives twice',
    '到达两次',
  ]),
  delay: word('the message comes after some that were sent later', 'late', ['comes late', '迟到']),
  hold: word('the message waits until it is released', 'held back', ['hold back', '扣留']),
  release: word('a message that was held arrives', 'released', ['release', '放行']),
  block: word('a cut link keeps the message from arriving', 'cut off', ['is cut off', '被隔断']),
  orphan: word('the sender crashes, and the message is lost with it', 'lost', ['is lost', '丢失']),
  refuse: word('the call does not arrive, and ends in an error', 'refused', [
    'is refused',
    '被拒绝',
  ]),
  // Of a link, or of the network.
  cut: word('nothing gets from one node, or one side, to another', 'CUT', ['cut', '隔离']),
  mend: word('what was cut carries messages again', 'mended', ['mend', '恢复']),
  partition: word('all links between two sides are cut, both ways', 'CUT', ['partition', '分区']),
  storm: word('messages are dropped, duplicated and delayed by chance', 'storm', ['storm', '风暴']),
  heal: word('the network has no faults any more', 'mended', ['heal', '恢复']),
  // Of a node.
  crash: word('the node ends at once, and forgets everything', 'CRASH', ['crash', '崩溃']),
  restart: word('a node that crashed starts with empty memory', 'start', ['restart', '重启']),
  bounce: word('the node crashes, and restarts before anybody notices', 'CRASH', [
    'crash and restart',
    '崩溃并重启',
  ]),
  pause: word('the node stands still: slow beyond measure, not dead', 'PAUSED', ['pause', '暂停']),
  resume: word('a node that was paused goes on', 'resumed', ['resume', '继续']),
} satisfies Readonly<Record<string, FaultWord>>;

export type FaultName = keyof typeof faultWords;

/** The words of earlier schedules and of kept traces for the same faults; each grammar had words of its own. */
export const earlierWords: Readonly<
  Record<'explored' | 'swept', Readonly<Record<string, FaultName>>>
> = {
  explored: { free: 'release', heal: 'mend', twice: 'deliverTwice' },
  swept: { twice: 'duplicate', late: 'hold', restart: 'bounce' },
};

/** The words that people may type in the place of those, as the prompt of `npm start` takes them. */
export const typedWords = { kill: 'crash' } as const satisfies Readonly<Record<string, FaultName>>;

/** The words of a page, for its strings. */
export function wordsOnPages<Name extends FaultName>(
  language: 'en' | 'zh',
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const entries = names.map((name) => [name, faultWords[name][language]]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

function word(meaning: string, seen: string, [en, zh]: readonly [string, string]): FaultWord {
  return { meaning, seen, en, zh };
}
