/** The renderers of a report. They are pure: the same report gives the same text. */
import type { Report } from '../schema';
import { renderAutolab } from './autolab';
import type { HandIn } from './class';
import { renderClassCsv } from './class-csv';
import { renderClassHtml } from './class-html';
import { renderGradescope } from './gradescope';
import { renderJunit } from './junit';
import { renderMarkdown } from './markdown';
import type { RenderOptions } from './options';
import { renderTerminal } from './terminal';

export type { HandIn } from './class';
export { hiddenVisibilities, type RenderOptions } from './options';

export interface Renderer {
  readonly mediaType: string;
  readonly about: string;
  readonly render: (report: Report, options: RenderOptions) => string;
}

export const renderers = {
  terminal: {
    mediaType: 'text/plain',
    about: 'the scorecard, for people',
    render: renderTerminal,
  },
  json: {
    mediaType: 'application/json',
    about: 'the report itself (docs/report-format.md)',
    render: (report) => `${JSON.stringify(report, null, 2)}\n`,
  },
  gradescope: {
    mediaType: 'application/json',
    about: 'results.json of Gradescope',
    render: renderGradescope,
  },
  junit: {
    mediaType: 'application/xml',
    about: 'JUnit XML, for CI',
    render: renderJunit,
  },
  autolab: {
    mediaType: 'text/plain',
    about: 'feedback for Autolab, with the scores in its last line',
    render: renderAutolab,
  },
  markdown: {
    mediaType: 'text/markdown',
    about: 'a comment on a pull request, or the summary of a CI run',
    render: renderMarkdown,
  },
} as const satisfies Record<string, Renderer>;

export type ReportFormat = keyof typeof renderers;

export const reportFormats = Object.keys(renderers) as [ReportFormat, ...ReportFormat[]];

export function renderReport(
  report: Report,
  format: ReportFormat,
  options: RenderOptions = {},
): string {
  return renderers[format].render(report, options);
}

interface ClassRenderer extends Omit<Renderer, 'render'> {
  readonly render: (handIns: readonly HandIn[], title: string) => string;
}

/** The renderers of many hand-ins at once. */
export const classRenderers = {
  csv: {
    mediaType: 'text/csv',
    about: 'a row for each hand-in: points of parts and scenarios, incidents, compile errors',
    render: (handIns) => renderClassCsv(handIns),
  },
  html: {
    mediaType: 'text/html',
    about: 'one page: scores, how many pass each scenario, all hand-ins',
    render: renderClassHtml,
  },
} as const satisfies Record<string, ClassRenderer>;

export type ClassFormat = keyof typeof classRenderers;

/** `title` is that of the page. Hidden scenarios are shown: it is the teacher who reads it. */
export function renderClass(
  handIns: readonly HandIn[],
  format: ClassFormat,
  title = 'Hand-ins',
): string {
  return classRenderers[format].render(handIns, title);
}
