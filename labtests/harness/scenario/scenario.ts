/** Scenarios: what is tested, what it is worth, and what to say about it. */
import type { Campaign } from '../campaign/campaign';
import type { Lab } from './lab';
import type { Views } from './views';

export type Part = 'A' | 'B';

export interface ScenarioInfo {
  /** The case of the catalogue, for instance `B13`; a case with several scenarios adds a letter. */
  readonly id: string;
  readonly part: Part;
  /** What happens and what must come of it, in one line. */
  readonly name: string;
  readonly points: number;
  /** The sentence of the protocol that the scenario checks. */
  readonly rule: string;
  /** Why it matters: what would go wrong for a user. */
  readonly why: string;
  /** Where to look, for who is stuck. */
  readonly hint: string;
  /** With how many seeds it runs. */
  readonly seeds: number;
}

export type Scenario = ScenarioInfo &
  (
    | { readonly part: 'A'; readonly body: (views: Views) => Promise<void>; campaign?: undefined }
    | { readonly part: 'B'; readonly body: (lab: Lab) => Promise<void>; campaign?: undefined }
    /** Many runs that are judged as one. */
    | { readonly part: 'B'; readonly campaign: Campaign; body?: undefined }
  );

/** One that runs its body once for each seed. */
export type SingleScenario = Exclude<Scenario, { readonly campaign: Campaign }>;

/** One that chooses its runs by itself. */
export type CampaignScenario = Extract<Scenario, { readonly campaign: Campaign }>;

type About = Omit<ScenarioInfo, 'id' | 'part' | 'name' | 'seeds'> & { readonly seeds?: number };

export const defaultSeeds = 20;

const catalogue: Scenario[] = [];

/** Adds a scenario of part A, about the view service alone. */
export function viewScenario(
  id: string,
  name: string,
  about: About,
  body: (views: Views) => Promise<void>,
): void {
  add({ id, part: 'A', name, seeds: defaultSeeds, ...about, body });
}

/** Adds a scenario of part B, about the whole service. */
export function scenario(
  id: string,
  name: string,
  about: About,
  body: (lab: Lab) => Promise<void>,
): void {
  add({ id, part: 'B', name, seeds: defaultSeeds, ...about, body });
}

/** Adds a scenario of part B that looks for the one run among many that fails. */
export function campaignScenario(id: string, name: string, about: About, campaign: Campaign): void {
  add({ id, part: 'B', name, seeds: 1, ...about, campaign });
}

function add(added: Scenario): void {
  if (catalogue.some((other) => other.id === added.id)) {
    throw new Error(`there are two scenarios ${added.id}`);
  }
  catalogue.push(added);
}

/** All scenarios that have been loaded, in order. */
export function allScenarios(): readonly Scenario[] {
  return catalogue;
}
