/**
 * The lectures: prepared schedules, slide by slide. What is said to each slide stands in
 * `viewer/strings/lecture.ts`, under `<lecture>-<number of the slide>`.
 */
import { type Named, parseSetting, parseSteps } from './schedule';
import type { Setting } from './world-state';

export interface Lecture {
  readonly id: string;
  readonly setting: Setting;
  readonly slides: readonly { readonly steps: readonly Named[] }[];
}

/** The first slide shows the beginning; methods that a solution chooses itself are `*`. */
const texts: Readonly<Record<string, readonly [setting: string, ...slides: string[]]>> = {
  write: [
    '0.s2',
    '',
    'append.c1.x.hello,until.sent.c1-s1',
    'deliver.c1-s1.operate',
    'deliver.s1-s2.*',
    'deliver.s2-s1.*',
    'deliver.s1-c1.operate.reply',
    'get.c1.x,until.done',
  ],
  failover: [
    '0.s3',
    '',
    'append.c1.x.a,until.done',
    'crash.s1',
    'until.view3',
    'until.primary.s2',
    'until.acknowledged',
    'append.c1.x.b,until.done',
    'get.c1.x,until.done',
  ],
  'fake-death': [
    '0-0.s2',
    '',
    'append.c1.x.a,until.done',
    'pause.s1',
    'until.view3',
    'until.primary.s2,append.c2.x.b,until.done.c2',
    'get.c1.x,until.sent.c1-s1',
    'resume.s1,deliver.c1-s1.operate',
    'deliver.s1-s2.*',
    'until.done.c1',
  ],
  'split-brain': [
    '0-0.s2.pair',
    '',
    'put.c1.x.1,until.done',
    'cut.s1+c1',
    'until.primary.s2',
    'put.c1.x.2,until.done.c1',
    'put.c2.x.3,until.done.c2',
    'get.c1.x,until.done.c1',
    'heal,until.backup.s1',
    'get.c1.x,until.done.c1',
  ],
  transfer: [
    '0.s3',
    '',
    'append.c1.x.a,until.done',
    'crash.s2',
    'until.view3',
    'until.sent.s1-s3',
    'deliver.s1-s3.*',
    'deliver.s3-s1.*',
    'until.acknowledged',
    'append.c1.x.b,until.done',
  ],
};

export const lectures: readonly Lecture[] = Object.entries(texts).map(
  ([id, [setting, ...slides]]) => ({
    id,
    setting: parseSetting(setting) as Setting,
    slides: slides.map((steps) => ({ steps: parseSteps(steps) as Named[] })),
  }),
);

export function lectureOf(id: string): Lecture | undefined {
  return lectures.find((lecture) => lecture.id === id);
}
