/** The labs, in the order in which they are taken. */
import type { Arbitrated, LabDeclaration } from '../suite/scenario/lab-declaration';
import { addSystem, systemNamed } from '../worlds/systems';
import { chain } from './example-chain/lab';
import { refuseTwins } from './lab-checks';
import { breakIt } from './part-0-break-it/lab';
import { viewService } from './part-a-view-service/lab';
import { primaryBackup } from './part-b-primary-backup/lab';
import { arbiters } from './part-c-arbiters/lab';

export const labs: readonly LabDeclaration[] = [
  // A line each: a handout keeps those of the labs that it is for.
  breakIt,
  viewService,
  primaryBackup,
  arbiters,
  chain,
];

refuseTwins(labs);
for (const { systems } of labs) for (const system of systems) addSystem(system);

/** The parts that count when nobody asks for one. */
export const gradedParts: readonly string[] = partsOf(({ graded }) => graded === 'always');

/** The parts that can be graded. */
export const gradableParts: readonly string[] = partsOf(({ graded }) => graded !== 'never');

function partsOf(isWanted: (lab: LabDeclaration) => boolean): string[] {
  return labs.filter(isWanted).map(({ part }) => part);
}

/** These parts, and all that they build on. */
export function withFoundations(parts: readonly string[]): readonly string[] {
  const more = parts.flatMap((part) => labOf(part).buildsOn ?? []);
  const all = [...new Set([...parts, ...more])];
  return all.length === parts.length ? all : withFoundations(all);
}

/** Throws an Error when there is no such part. */
export function labOf(part: string): LabDeclaration {
  const lab = labs.find((one) => one.part === part);
  if (lab === undefined) throw new Error(`there is no part ${part} in labtests/labs.ts`);
  return lab;
}

/** The labs that are about this system, as settings name it: those with most to show come first. */
export function labsOn(system: string | undefined): readonly LabDeclaration[] {
  const kind = systemNamed(system);
  const about = labs.filter(({ systems }) => systems.includes(kind));
  return about.sort((a, b) => (b.lectures?.length ?? 0) - (a.lectures?.length ?? 0));
}

/** The labs with scenarios where a coordination service decides. */
export function arbitratedLabs(): readonly (Arbitrated & Pick<LabDeclaration, 'part'>)[] {
  return labs.flatMap(({ part, arbitrated }) => (arbitrated ? [{ part, ...arbitrated }] : []));
}

/** The lab whose scenarios a test file runs; undefined: it is a test of the framework. */
export function labTestedBy(testFile: string): LabDeclaration | undefined {
  const file = testFile.replaceAll('\\', '/');
  return labs.find(({ test }) => test !== undefined && file.endsWith(`/${test}`));
}
