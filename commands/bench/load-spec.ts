/** The order of the bench to its load process, and the result. */
import type { Address } from '../../runtime/node';

export interface LoadSpec {
  readonly target:
    | { readonly system: 'viewlab'; readonly viewService: Address }
    | { readonly system: 'redis'; readonly port: number };
  readonly clients: number;
  /** Milliseconds before the measurement begins. */
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Characters of a value, all of them ASCII. */
  readonly valueBytes: number;
}

export interface BenchResult {
  readonly putsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}
