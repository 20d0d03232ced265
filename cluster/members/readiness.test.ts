import type { Condition } from './member';
import { type Situation, whatIsMissing } from './readiness';

function situation(
  conditions: Record<string, Condition>,
  others: Partial<Omit<Situation, 'view'>> & { view?: Partial<Situation['view']> } = {},
): Situation {
  return {
    acknowledged: true,
    forgotten: null,
    conditionOf: (name) => conditions[name] ?? 'running',
    hasLostState: () => false,
    ...others,
    view: { viewnum: 3, primary: 's1', backup: 's2', ...others.view },
  };
}

const noView = { viewnum: 0, primary: null, backup: null };
const restarted = { hasLostState: (name: string) => name === 's1' };

test.each<[Situation, string]>([
  [situation({}), 's1, primary of view 3, does not answer yet'],
  [situation({}, { view: noView }), 'there is no primary yet'],
  [situation({ vs: 'dead' }, { view: noView }), 'the view service is dead, so nobody can become'],
  [
    situation({}, { view: noView, forgotten: 2 }),
    'has restarted and forgotten view 2, so it makes',
  ],
  [situation({ s1: 'dead' }, { forgotten: 7 }), 'makes no view any more: quit, start anew'],
  [situation({ s1: 'dead' }), 's1, primary of view 3, is dead: the view service will find it'],
  [situation({ s1: 'dead' }), 'and make s2 primary'],
  [situation({ s2: 'paused' }), 's2, backup of view 3, is paused: the view service will find'],
  [situation({ s1: 'dead', vs: 'paused' }), 'and the view service is paused: nobody can make'],
  [situation({ s1: 'dead' }, { acknowledged: false }), 'and had not acknowledged it: nobody may'],
  [situation({ s2: 'dead' }, { acknowledged: false }), 's1 waits for it until "restart s2"'],
  [situation({ s1: 'dead' }, { view: { backup: null } }), 'no backup: nobody else has the data'],
  [situation({ s1: 'paused' }, { view: { backup: null } }), 'until "resume s1"'],
  [situation({ s1: 'dead', s2: 'dead' }), 'its backup s2 is dead: nobody else has the data'],
  [situation({ s2: 'dead' }, restarted), 's1, primary of view 3, has restarted with empty memory'],
  [situation({}, { ...restarted, view: { backup: null } }), 'nobody else has the data: quit'],
  [situation({}, restarted), 's1, primary of view 3, does not answer yet'],
])('%#: %j', (now, words) => {
  expect(whatIsMissing(now)).toContain(words);
});
