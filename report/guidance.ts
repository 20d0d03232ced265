/** The guidance on a failure: the clause that is broken and its hint, or the words of the scenario where they fit. */
import type { Failure } from '../judging/failure';
import type { Clause } from '../suite/scenario/clause';
import type { ScenarioInfo } from '../suite/scenario/scenario';
import type { ScenarioReport } from './schema';

export type Guidance = NonNullable<ScenarioReport['guidance']>;

/** What a scenario is about says nothing when its servers do not even come up. */
const notBegun =
  'The scenario itself had not begun: its servers did not come up. Something simpler fails as well: begin with that.';

export function guidanceOn(failure: Failure, scenario: ScenarioInfo): Guidance {
  const { rule, why, hint } = scenario;
  switch (failure.kind) {
    case 'not implemented':
      return { rule };
    case 'framework':
      return { rule, why };
    case 'broken code':
    case 'did not settle':
      return failure.remedy === undefined ? {} : { hint: failure.remedy };
    default: {
      const { remedy } = failure;
      if (failure.inSetUp && failure.breach === undefined) return { hint: remedy ?? notBegun };
      const clause = brokenClause(failure, scenario);
      if (clause === undefined) return { rule, why, hint: remedy ?? hint };
      if (clause === 'another') return remedy === undefined ? {} : { hint: remedy };
      const isItsOwn = scenario.clauses?.includes(clause.id) === true;
      return {
        ...{ clause: clause.id, rule: sentenceOf(clause), file: clause.file },
        ...(isItsOwn && { why }),
        hint: remedy ?? (isItsOwn && scenario.clauses?.length === 1 ? hint : clause.hint),
      };
    }
  }
}

/**
 * The clause that is broken, by what is proven first: a rule, an anomaly, the only one that the scenario checks.
 * Undefined: it cannot be told. `another`: nor does the scenario know, which is about something else.
 */
export function brokenClause(
  failure: Failure,
  { clauses: own = [], contract }: Pick<ScenarioInfo, 'clauses' | 'contract'>,
): Clause | 'another' | undefined {
  const clauseOf = (id: string | undefined) => contract?.clauses().find((one) => one.id === id);
  const stuck = failure.kind === 'stuck' ? (['stuck after heal'] as const) : [];
  for (const sign of [failure.breach ?? [], failure.anomalies ?? [], stuck].flat()) {
    const blame = contract?.blames?.[sign];
    if (blame === undefined) continue;
    const { is, or = [] } = blame;
    const others = own.filter((id) => or.includes(id));
    const [only] = others;
    // What has a name, and no proof of whose fault it is, may be the case of it that the scenario is about.
    if (
      sign !== failure.breach &&
      is !== undefined &&
      only !== undefined &&
      others.length === 1 &&
      !own.includes(is)
    )
      return clauseOf(only);
    if (is === undefined) return others.length > 0 ? undefined : 'another';
    return clauseOf(others.length > 0 && others.length === own.length ? only : is);
  }
  return own.length === 1 ? clauseOf(own[0]) : undefined;
}

/** The rule as people read it: with its clause, and the place of it. */
export function ruleIn({ clause, rule, file }: Guidance): string | undefined {
  return clause === undefined ? rule : `${clause}: ${rule} (${file})`;
}

function sentenceOf({ words, en }: Clause): string {
  return en ?? words.join(' ');
}
