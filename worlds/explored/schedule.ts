/**
 * A schedule as a short text: a system, and what happens in it, `debug:aa-ag.s2:4,hold.s1-s2.forward,2,crash.s1`.
 * Numbers are events that come as usual; everything else is named (see `move-names.ts`), so that a
 * schedule that no longer fits the code is noticed. `debug:` ends in that state; `explore:` goes on from
 * there to the end of the run, which is told in `closing.ts`.
 *
 * In schedules of earlier versions of the explorer a number stands right before each name,
 * `explore:aa-ag.s3.k1:15pause.s1,0hold.c2.get`, and some names are others.
 */

import { earlierWords } from '../../runtime/fault-words';
import { moveKinds } from './move-words';
import { formatSetting, parseSetting, type Setting } from './setting';

/** A step: a number of events as usual, or a move by its name. */
export type Step = { readonly usual: number } | { readonly name: string };

export interface Schedule {
  readonly setting: Setting;
  readonly steps: readonly Step[];
  /** True: the schedule goes on to the end of the run. */
  readonly toEnd: boolean;
}

/** A move of a search, which is about something that has this name. */
export interface NamedChoice {
  /** Events since the choice before. */
  readonly after: number;
  readonly kind: number;
  /** The node, or the message. */
  readonly whom: string;
}

const [toEndPrefix, prefix] = ['explore:', 'debug:'];
/** Steps of a schedule, usual ones counted one by one. */
const maxSteps = 20_000;

export function isSchedule(text: string): boolean {
  return text.startsWith(toEndPrefix) || text.startsWith(prefix);
}

export function formatSchedule({ setting, steps, toEnd }: Schedule): string {
  const start = toEnd ? toEndPrefix : prefix;
  return `${start}${formatSetting(setting)}:${formatSteps(steps)}`;
}

export function formatSteps(steps: readonly Step[]): string {
  return steps.map((one) => ('usual' in one ? String(one.usual) : one.name)).join();
}

/** undefined: the text is no schedule. */
export function parseSchedule(text: string): Schedule | undefined {
  const [, kind, settings = '', list = ''] =
    /^(explore|debug):([a-z0-9.-]+):([!-~]*)$/.exec(text) ?? [];
  const setting = parseSetting(settings);
  const steps = parseSteps(list);
  if (setting === undefined || steps === undefined) return undefined;
  return { setting, steps, toEnd: `${kind}:` === toEndPrefix };
}

export function parseSteps(list: string): Step[] | undefined {
  const steps: Step[] = [];
  let count = 0;
  for (const item of list === '' ? [] : list.split(',')) {
    const [, usual, typed, rest] =
      /^(\d{1,6})?(?:([a-z]+[A-Z]?[a-z]*)(\.[\w.*~%+!'()-]+)?)?$/.exec(item) ?? [];
    if (usual === undefined && typed === undefined) return undefined;
    const word = typed === undefined ? undefined : wordNow(typed, usual !== undefined);
    if (word !== undefined && word !== 'until' && !moveKinds.has(word)) return undefined;
    if (usual !== undefined && (word === undefined || Number(usual) > 0)) {
      steps.push({ usual: Number(usual) });
      count += Number(usual);
    }
    if (word === undefined) continue;
    const name = `${word}${rest ?? ''}`;
    steps.push({ name: usual === undefined ? name : nameNow(name) });
    count += 1;
  }
  return count > maxSteps ? undefined : steps;
}

/** The word of today. In the oldest schedules, with a number before each name, `twice` was to duplicate. */
function wordNow(word: string, isOldest: boolean): string {
  if (isOldest && word === 'twice') return 'duplicate';
  return (Object.hasOwn(earlierWords.explored, word) && earlierWords.explored[word]) || word;
}

/** The name that a step of an earlier version of the explorer has now. */
function nameNow(name: string): string {
  return name
    .replace(/^release\.(.*)\.(\d+)$/, 'release.$1~$2')
    .replace(/-(\w+)\.reply(?=~|$)/, '-$1.*.reply');
}

/** The choices of a search, as steps. */
export function stepsOf(choices: readonly NamedChoice[]): Step[] {
  return choices.flatMap(({ after, kind, whom }) => {
    const word = [...moveKinds].find(([, other]) => other === kind)?.[0];
    const step = { name: `${word}.${whom}` };
    return after === 0 ? [step] : [{ usual: after }, step];
  });
}

/** Steps as what a search chooses. */
export function choicesIn(steps: readonly Step[]): NamedChoice[] {
  const choices: NamedChoice[] = [];
  let after = 0;
  for (const step of steps) {
    if ('usual' in step) {
      after += step.usual;
      continue;
    }
    const [word = '', ...whom] = step.name.split('.');
    choices.push({ after, kind: moveKinds.get(word) ?? -1, whom: whom.join('.') });
    after = 0;
  }
  return choices;
}
