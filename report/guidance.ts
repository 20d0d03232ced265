/** The guidance of a scenario on its failure: its rule and its hint, unless the cause has nothing to do with them. */
import type { Failure } from '../judging/failure';
import type { ScenarioInfo } from '../suite/scenario/scenario';

export type Guidance = Partial<Pick<ScenarioInfo, 'rule' | 'why' | 'hint'>>;

export function guidanceOn(failure: Failure, { rule, why, hint }: Required<Guidance>): Guidance {
  switch (failure.kind) {
    case 'not implemented':
      return { rule };
    case 'framework':
      return { rule, why };
    case 'broken code':
    case 'did not settle':
      return failure.remedy === undefined ? {} : { hint: failure.remedy };
    default:
      return { rule, why, hint: failure.remedy ?? hint };
  }
}
