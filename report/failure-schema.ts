/** The failure of a scenario in a report, as checked data. */
import * as v from 'valibot';
import { type AnomalyKind, anomalyKinds } from '../judging/anomaly';
import { type Breach, breaches, type Component } from '../judging/breach';
import { line, milliseconds, textField as text } from './fields';
import { maxDetails, maxPath } from './plain-text';

export const kindsOfAnomaly = Object.keys(anomalyKinds) as [AnomalyKind, ...AnomalyKind[]];
export const anomalyKind = () =>
  v.pipe(v.picklist(kindsOfAnomaly), v.description('What was shown, see below.'));

const kindsOfBreach = Object.keys(breaches) as [Breach, ...Breach[]];
const components = [...new Set<Component>(Object.values(breaches))];

/** The failure of a scenario; the type is `Failure` of judging/failure.ts. */
export const failureSchema = v.pipe(
  v.object({
    kind: v.pipe(
      v.picklist([
        'not implemented',
        'expectation',
        'not linearizable',
        'stuck',
        'broken code',
        'did not settle',
        'not repeatable',
        'framework',
      ]),
      v.description('What kind of failure; `framework` is nobody’s fault but ours.'),
    ),
    expected: text('What should have happened.'),
    actual: text('What happened instead. It may quote the hand-in.'),
    details: v.exactOptional(
      v.pipe(
        v.array(text('A line.')),
        v.maxLength(maxDetails),
        v.description('More lines, for instance why no order of the operations is possible.'),
      ),
    ),
    missing: v.exactOptional(
      v.pipe(
        v.array(line('A method, with its file.')),
        v.maxLength(maxDetails),
        v.description('The methods that are still stubs, when the kind is `not implemented`.'),
      ),
    ),
    remedy: v.exactOptional(
      text(
        'What is wrong, and what to do about it, where that is known: then `hint` of the scenario is beside the point.',
      ),
    ),
    inSetUp: v.exactOptional(
      v.pipe(
        v.literal(true),
        v.description(
          'The servers did not come up as they should: the scenario itself had not begun.',
        ),
      ),
    ),
    setting: v.exactOptional(
      text('The setting of the run, if it was not plain, and whether that matters.'),
    ),
    path: v.exactOptional(
      v.pipe(
        v.array(text('A line.')),
        v.maxLength(maxPath),
        v.description(
          'What happened to the operations that prove it: which servers got each, and what they did on that.',
        ),
      ),
    ),
    breach: v.exactOptional(
      v.pipe(
        v.picklist(kindsOfBreach),
        v.description(
          'The rule that the run is proven to break, whatever its scenario is about; see below.',
        ),
      ),
    ),
    component: v.exactOptional(
      v.pipe(v.picklist(components), v.description('Who is at fault, where the trace proves it.')),
    ),
    atMs: v.exactOptional(
      milliseconds('When it showed, in milliseconds of the run; at its end unless told.'),
    ),
    anomalies: v.exactOptional(
      v.pipe(
        v.array(anomalyKind()),
        v.maxLength(kindsOfAnomaly.length),
        v.description('Which anomalies it shows, where that can be told; see below.'),
      ),
    ),
    plainFailover: v.exactOptional(
      v.pipe(
        v.literal(true),
        v.description(
          'Servers had crashed, never the last one, and nothing else had failed: each message between those that lived arrived once, and in time.',
        ),
      ),
    ),
  }),
  v.description('What went wrong, if something did.'),
);
