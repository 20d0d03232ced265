/** The lectures of all labs, ready to be given. */
import { labs } from '../../labtests/labs';
import type { Said } from '../../viewer/strings/catalogue';
import { parseSteps, type Step } from '../../worlds/explored/schedule';
import { parseSetting, type Setting } from '../../worlds/explored/setting';

export interface PreparedLecture {
  readonly id: string;
  readonly name: Said;
  readonly setting: Setting;
  readonly slides: readonly { readonly steps: readonly Step[]; readonly words: Said }[];
}

export const lectures: readonly PreparedLecture[] = labs.flatMap((lab) =>
  (lab.lectures ?? []).map(({ id, name, system, slides }) => ({
    ...{ id, name, setting: parseSetting(system) ?? wrong(id, system) },
    slides: slides.map(({ steps, words }) => ({
      words,
      steps: parseSteps(steps) ?? wrong(id, steps),
    })),
  })),
);

function wrong(id: string, text: string): never {
  throw new Error(`the lecture ${id} says ${JSON.stringify(text)}, which no schedule says`);
}

export function lectureOf(id: string): PreparedLecture | undefined {
  return lectures.find((lecture) => lecture.id === id);
}
