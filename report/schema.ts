/**
 * The report as checked data: the schema of `report.json`, from which the types and
 * docs/report-format.md are made. Fields that it does not have are ignored, so a field may be added
 * without another version; one that changes its meaning needs one.
 */
import * as v from 'valibot';
import { type IncidentKind, incidentKinds } from '../judging/incidents';
import { anomalyKind, failureSchema, kindsOfAnomaly } from './failure-schema';
import {
  amount,
  file,
  line,
  milliseconds,
  partName,
  scenarioId,
  textField as text,
} from './fields';

export const reportFormat = 'viewlab-report';
export const reportVersion = 4;

export const guidanceSchema = v.pipe(
  v.object({
    clause: v.exactOptional(
      line('The clause of the contract that is broken, for instance `R4`.', 10),
    ),
    file: v.exactOptional(file('Where the clause stands.')),
    rule: v.exactOptional(text('Its words; without a clause the rule of the scenario.')),
    why: v.exactOptional(text('What would go wrong for a user.')),
    hint: v.exactOptional(text('Where to look.')),
  }),
  v.description('What to say on the failure: no more than fits what is broken.'),
);

export const scenarioReportSchema = v.object({
  id: scenarioId('The scenario, for instance `B13` or `B9b`. No other one of the report has it.'),
  part: partName('The part to which it belongs.'),
  name: line('What happens and what must come of it.'),
  points: amount('What it is worth.'),
  rule: text('The sentence of the protocol that it checks.'),
  why: text('What would go wrong for a user.'),
  hint: text('Where to look.'),
  seeds: amount('With how many seeds it runs.'),
  visibility: v.exactOptional(
    v.pipe(
      v.picklist(['visible', 'hidden']),
      v.description('`hidden`: students do not see it, or only later; `visible` unless told.'),
    ),
  ),
  passed: v.pipe(
    v.nullable(v.boolean()),
    v.description(
      'true: with every seed that ran. false: there is a `failure`. null: it did not run, or the framework itself failed.',
    ),
  ),
  runs: amount('How many of its seeds ran.'),
  ranSeeds: v.exactOptional(
    v.pipe(
      v.array(amount('A seed.')),
      v.maxLength(100_000),
      v.description('The seeds that ran, in order; as many as `runs`.'),
    ),
  ),
  remark: v.exactOptional(
    line('What was covered, where there is more to say than how many seeds ran.', 1_000),
  ),
  wallMs: milliseconds('How long that took, in milliseconds of real time.'),
  failure: v.exactOptional(failureSchema),
  guidance: v.exactOptional(guidanceSchema),
  seed: v.exactOptional(amount('The seed that failed.')),
  schedule: v.exactOptional(line('Replays the failure: `npm run replay -- SCHEDULE`.', 1_000)),
  lengthMs: v.exactOptional(
    milliseconds('How long the run that failed was, in its own milliseconds.'),
  ),
  trace: v.exactOptional(file('The trace of the failure: a file, relative to the report.')),
  history: v.exactOptional(
    file('What the clients saw (history-format.md): a file, relative to the report.'),
  ),
  page: v.exactOptional(
    file('The failure as a page to look at in a browser: a file, relative to the report.'),
  ),
});

export const harmSchema = v.object({
  kind: anomalyKind(),
  in: v.exactOptional(
    v.pipe(
      v.picklist(['plain failover', 'other runs']),
      v.description('In which runs it is shown, where it costs more in the first.'),
    ),
  ),
  points: amount(
    'What it costs at least; of a part of which only some scenarios ran, their share of it.',
  ),
  scenarios: v.pipe(
    v.array(scenarioId('A scenario.')),
    v.maxLength(1_000),
    v.description('The scenarios that show it, in order; none: it costs nothing.'),
  ),
});

export const partReportSchema = v.object({
  part: partName('The part. No other one of the report has it.'),
  title: line('What it is about.'),
  earned: amount('The points of its scenarios that passed.'),
  score: amount(
    'The same, but no more than `maxScore` less the worst of the `harms` that were shown.',
  ),
  maxScore: amount('The points of all its scenarios.'),
  harms: v.exactOptional(
    v.pipe(
      v.array(harmSchema),
      v.maxLength(2 * kindsOfAnomaly.length),
      v.description('What each anomaly costs at least, and which scenarios showed it.'),
    ),
  ),
  wallMs: v.exactOptional(
    milliseconds('How much real time passed while it ran, in milliseconds; its scenarios overlap.'),
  ),
  skipped: v.exactOptional(
    v.pipe(
      v.array(
        v.object({ id: scenarioId('The scenario.'), points: amount('What it would be worth.') }),
      ),
      v.maxLength(1_000),
      v.description(
        'Scenarios that were left out because that was asked for: they count for nothing.',
      ),
    ),
  ),
  scenarios: v.pipe(
    v.array(scenarioReportSchema),
    v.maxLength(1_000),
    v.description('The scenarios that were to run, in order, whether they did or not.'),
  ),
});

export const anomalySchema = v.object({
  kind: anomalyKind(),
  schedule: line('The shortest run that shows it: `npm run replay -- SCHEDULE`.', 1_000),
  scenarios: v.pipe(
    v.array(scenarioId('A scenario.')),
    v.minLength(1),
    v.maxLength(1_000),
    v.description('The scenarios that show it, in order.'),
  ),
});

const kindsOfIncident = Object.keys(incidentKinds) as [IncidentKind, ...IncidentKind[]];

export const incidentSchema = v.object({
  kind: v.pipe(v.picklist(kindsOfIncident), v.description('What it did, see below.')),
  count: v.pipe(
    v.number(),
    v.safeInteger(),
    v.minValue(1),
    v.description('How often that was seen.'),
  ),
  example: text('One time, in words. It may quote the hand-in.'),
  scenario: v.exactOptional(scenarioId('The scenario of the example.')),
});

export const reportSchema = v.object({
  format: v.pipe(v.literal(reportFormat), v.description('Tells that this is a report.')),
  version: v.pipe(v.literal(reportVersion), v.description('The version of this format.')),
  startedAt: v.pipe(
    v.string(),
    v.maxLength(30),
    v.isoTimestamp('a time like 2026-01-31T12:00:00.000Z'),
    v.description('When the run began.'),
  ),
  wallMs: v.exactOptional(
    milliseconds('How long the run has taken so far, in milliseconds of real time.'),
  ),
  handIn: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(4_096),
      v.description('The hand-in that was graded: its folder or archive.'),
    ),
  ),
  isolation: v.exactOptional(line('How the processes of the hand-in were shut in.')),
  missing: v.exactOptional(
    v.pipe(
      v.array(file('A file.')),
      v.maxLength(100),
      v.description('Student files that the hand-in does not have.'),
    ),
  ),
  ignored: v.exactOptional(
    v.pipe(
      v.array(file('A file.')),
      v.maxLength(1_000),
      v.description(
        'Files of the framework that the hand-in has otherwise: the framework’s own ran in their place.',
      ),
    ),
  ),
  compile: v.exactOptional(
    v.pipe(
      v.array(
        v.object({
          file: file('The file.'),
          message: text('What the compiler says. It may quote the hand-in.'),
        }),
      ),
      v.maxLength(100),
      v.description('Student files that do not compile.'),
    ),
  ),
  incidents: v.exactOptional(
    v.pipe(
      v.array(incidentSchema),
      v.maxLength(1_000),
      v.description('What the hand-in did that a solution has no reason to do.'),
    ),
  ),
  used: v.exactOptional(
    v.pipe(
      v.object({
        processorMs: milliseconds(
          'Processor time, in milliseconds, of its processes and of those that judge it.',
        ),
        memoryBytes: v.exactOptional(
          amount(
            'The most memory that they had at a time, in bytes; where several processes judge it, the sum of what each of them saw at most. Told on Linux alone.',
          ),
        ),
      }),
      v.description('What the hand-in has used of the machine so far.'),
    ),
  ),
  anomalies: v.exactOptional(
    v.pipe(
      v.array(anomalySchema),
      v.maxLength(kindsOfAnomaly.length),
      v.description('Which anomalies the servers showed: made from the failures below.'),
    ),
  ),
  score: amount('The points of all parts.'),
  maxScore: amount('The points of all scenarios.'),
  parts: v.pipe(
    v.array(partReportSchema),
    v.minLength(1),
    v.maxLength(2),
    v.description('The parts that were to run.'),
  ),
});

type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T;

export type Report = Deep<v.InferOutput<typeof reportSchema>>;
export type PartReport = Report['parts'][number];
export type ScenarioReport = PartReport['scenarios'][number];
export type Anomaly = NonNullable<Report['anomalies']>[number];
export type Incident = NonNullable<Report['incidents']>[number];
