/** Scenarios: what is tested, what it is worth, and what to say about it. */
import type { AnomalyKind } from '../../judging/anomaly';
import type { Campaign } from './campaign';
import type { Contract } from './clause';
import type { Body } from './stage';

/** The name of a part of the course: a letter. */
export type Part = string;

/** The points that an anomaly costs at least; of two, the first when it shows in a plain failover. */
export type HarmCost = number | readonly [inPlainFailover: number, otherwise: number];
/** The harms that are charged once, however few scenarios show them; see report/harms.ts. */
export type Harms = Readonly<Partial<Record<AnomalyKind, HarmCost>>>;

/** The part as a report names it. */
export interface PartInfo {
  readonly part: Part;
  readonly title: string;
  /** The points of its scenarios together; none: no scenario of the lab is graded. */
  readonly points?: number;
  readonly harms?: Harms;
  readonly contract?: Contract;
}

export interface ScenarioInfo {
  /** The case of the catalogue, for instance `B13`; a case with several scenarios adds a letter. */
  readonly id: string;
  readonly part: Part;
  /** The events and the outcome that they must have, in one line. */
  readonly name: string;
  readonly points: number;
  /** The sentence of the protocol that the scenario checks. */
  readonly rule: string;
  /** Why it matters: what would go wrong for a user. */
  readonly why: string;
  /** Where to look, for who is stuck. */
  readonly hint: string;
  /** The ids of the clauses that it checks. */
  readonly clauses?: readonly string[];
  /** The contract that has them. */
  readonly contract?: Contract | undefined;
  /** With how many seeds it runs. */
  readonly seeds: number;
  /** Why it runs in the simulated world alone; undefined: it runs in the real one too. */
  readonly onlySimulated?: string;
}

export type Scenario = ScenarioInfo &
  (
    | { readonly body: Body; readonly campaign?: undefined }
    /** Many runs that are judged as one. */
    | { readonly campaign: Campaign; readonly body?: undefined }
  );

/** One that runs its body once for each seed. */
export type SingleScenario = Exclude<Scenario, { readonly campaign: Campaign }>;

/** One that chooses its runs by itself. */
export type CampaignScenario = Extract<Scenario, { readonly campaign: Campaign }>;

export type About = Omit<ScenarioInfo, 'id' | 'part' | 'name' | 'seeds' | 'contract'> & {
  readonly seeds?: number;
};

export const defaultSeeds = 12;

const catalogue: Scenario[] = [];

/** Adds a scenario of a part to the catalogue. Throws an Error when there is one with its id. */
export function addScenario(
  { part, contract }: Pick<PartInfo, 'part' | 'contract'>,
  id: string,
  name: string,
  what: About & ({ readonly body: Body } | { readonly campaign: Campaign }),
): void {
  if (catalogue.some((other) => other.id === id)) {
    throw new Error(`there are two scenarios ${id}`);
  }
  catalogue.push({ id, part, name, seeds: defaultSeeds, contract, ...what });
}

/** All scenarios that have been loaded, in order. */
export function loadedScenarios(): readonly Scenario[] {
  return catalogue;
}
