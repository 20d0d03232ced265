/**
 * The declaration of a lab, as data: everything else (worlds, explorer, debugger, runner, grader, handout, report,
 * pages) is handed the parts of it that it needs. Its scenarios stand beside the declaration, and are loaded by the catalogue.
 */
import type { Said } from '../../viewer/strings/catalogue';
import type { CoordinationModel } from '../../worlds/coordination/programs';
import type { MoveView, WorldView } from '../../worlds/explored/world-view';
import type { RealWorld } from '../../worlds/real/world';
import type { SystemKind } from '../../worlds/systems';
import type { Campaign } from './campaign';
import type { PartInfo, Scenario } from './scenario';
import type { Body } from './stage';

export interface LabDeclaration extends PartInfo {
  /** Where declaration, language and scenarios stand, from the root of the project. */
  readonly folder: string;
  /**
   * Whether it counts: `always`, `on request` (`--part`), or not at all: then its tests say by
   * themselves what came of it.
   */
  readonly graded: 'always' | 'on request' | 'never';
  /** Parts whose student files its nodes run, too. */
  readonly buildsOn?: readonly string[];
  /** The files that a handout has as stubs and a hand-in needs, from the root of the project, in the order in which to work. */
  readonly stubs: readonly string[];
  /** The framework's own files beside them; what ends in a slash is a whole folder. All others are the student's. */
  readonly given: readonly string[];
  /**
   * What students read: the page that begins a handout, and the folder of chapters. Without them that page is made of
   * this declaration, and of `README.md` in the folder of the lab, if there is one.
   */
  readonly pages?: { readonly readme: string; readonly chapters: string };
  /** The nodes of the lab, their start, and the properties that the explorer checks. Labs may share one. */
  readonly systems: readonly SystemKind[];
  /** The lectures of the debugger on them, in this order. */
  readonly lectures?: readonly Lecture[];
  /** The test file that runs its scenarios; without one another command does. */
  readonly test?: string;
  /** True: failures tell their story in their details, and no columns of events are shown with them. */
  readonly tellsInDetails?: boolean;
  /** Writes what was done in the debugger as a scenario, in the language of the lab. */
  readonly writeScenario?: (steps: readonly DebuggedStep[]) => string;
  /** The scenarios where a coordination service decides. */
  readonly arbitrated?: Arbitrated;
}

/** A prepared schedule, told slide by slide. */
export interface Lecture {
  /** Short, in small letters; no other lecture has it. */
  readonly id: string;
  readonly name: Said;
  /** As schedules say it, `0-0.s2`. */
  readonly system: string;
  /** The first slide shows the beginning, so it has no steps. Steps are as in schedules; words are what is said to it. */
  readonly slides: readonly { readonly steps: string; readonly words: Said }[];
}

/** A move of somebody who debugs, the state in which it was made, and which clients were answered then. */
export interface DebuggedStep {
  readonly before: WorldView;
  readonly move: MoveView;
  readonly answered: readonly string[];
}

/** How scenarios fare where a coordination service decides. */
export interface Arbitrated {
  /** Whether a scenario makes sense there; `isReal`: with the real service, else with its model. */
  readonly fits: (scenario: Scenario, arbiter: CoordinationModel, isReal: boolean) => boolean;
  /** The scenarios about the service itself, in the real world. */
  readonly scenarios: readonly ArbiterScenario[];
  /** The one that has faults at random: what is run over and over. */
  readonly random: string;
  /** Every single fault at every step. */
  readonly sweep: Campaign;
}

export interface ArbiterScenario {
  readonly id: string;
  readonly name: string;
  /** How many servers make the service. */
  readonly servers: number;
  readonly body: (world: RealWorld) => Body;
}
