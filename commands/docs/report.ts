/** docs/report-format.md, from the schema of the report. */

import { anomalyKinds } from '../../judging/anomaly';
import { breaches } from '../../judging/breach';
import { incidentKinds } from '../../judging/incidents';
import { failureSchema } from '../../report/failure-schema';
import { maxReportBytes } from '../../report/parse';
import { maxTextLength } from '../../report/plain-text';
import { classRenderers, renderers } from '../../report/renderers';
import {
  partReportSchema,
  reportSchema,
  reportVersion,
  scenarioReportSchema,
} from '../../report/schema';
import { code, generatedNote, grouped, markdownTable } from '../../runtime/markdown';
import { type Field, fieldsOf } from './schema';

export function reportPage(): string {
  const kinds = Object.entries(incidentKinds).map(([kind, meaning]) => [kind, meaning]);
  const formats = Object.entries(renderers).map(([format, { mediaType, about }]) => [
    code(format),
    mediaType,
    about,
  ]);
  const ofClass = Object.entries(classRenderers).map(([format, { mediaType, about }]) => [
    code(format),
    mediaType,
    about,
  ]);
  return `# The format of a report

${generatedNote}

\`npm test\` leaves a report in \`store/latest/report.json\`, and \`npm run grade\` writes one with
\`--format json\`. Everything else that shows results is made from it. This page is made from
\`report/schema.ts\`; the format is version ${reportVersion}.

- It is written before the first scenario runs, with nothing passed, and again after each one, by a
  temporary file and a rename: whoever reads it reads a whole report, and a run that dies has failed.
- Points are given for a scenario with \`passed\` true, and for nothing else. A part has no more than \`maxScore\` less the
  worst of its \`harms\` that a scenario showed.
- Whoever reads a report checks it: the sums must be those of the scenarios and harms, harms are those that scenarios show, what has passed has run
  and has no \`failure\`, what has not passed has one, ids are unique. One that contradicts itself is
  refused, as is one of more than ${grouped(maxReportBytes)} bytes.
- Texts that may quote a hand-in have at most ${grouped(maxTextLength)} UTF-16 code units. Control
  characters and invisible ones are replaced by \`?\`.
- Fields that are not on this page are ignored. A field whose meaning changes makes a new version.

## The report

${table(fieldsOf(reportSchema).filter(({ name }) => !name.startsWith('parts[]')))}

## A part

In \`parts\`:

${table(fieldsOf(partReportSchema).filter(({ name }) => !name.startsWith('scenarios[]')))}

## A scenario

In \`scenarios\` of a part:

${table(fieldsOf(scenarioReportSchema).filter(({ name }) => !name.startsWith('failure.')))}

## A failure

In \`failure\` of a scenario:

${table(fieldsOf(failureSchema))}

## Breaches

Rules that a run is proven to break, whatever its scenario is about: by the views that were made, or by the trace. In
\`failure.breach\` of a scenario; the lab says which clause of its contract each of them, or an anomaly, is about, and
\`guidance\` has the words of that clause.

${markdownTable(['rule', 'who is at fault'], Object.entries(breaches))}

## Anomalies

What servers did that no correct one can do. They are told by how a scenario failed: by the kind of
violation that the history checker found, by what the scenario expected, by the views that a view service
made, and by who answered clients in the trace. In \`failure.anomalies\` of a scenario, and all of them in \`anomalies\` of the report, which
follows from its scenarios: each with the shortest run that shows it.

${markdownTable(['kind', 'meaning'], Object.entries(anomalyKinds))}

## Incidents

What a hand-in did that a solution has no reason to do. An incident costs no points by itself: what
it did to the scenarios does.

${markdownTable(['kind', 'meaning'], kinds)}

## What is made from it

${markdownTable(['format', 'media type', 'what it is'], formats)}

A scenario whose \`visibility\` is \`hidden\` counts in all of them. \`terminal\` and \`json\` are for
teachers and show it; \`gradescope\` hands it on as hidden, and Gradescope keeps to that; the others
leave it out, and say how many there are and what they are worth.

From the reports on many hand-ins:

${markdownTable(['format', 'media type', 'what it is'], ofClass)}
`;
}

function table(fields: readonly Field[]): string {
  const rows = fields.map(({ name, type, bounds, meaning }) => [code(name), type, bounds, meaning]);
  return markdownTable(['name', 'type', 'bounds', 'meaning'], rows);
}
