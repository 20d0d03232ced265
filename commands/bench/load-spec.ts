/** What the bench asks of its load process, and what comes back. */
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

export interface LoadResult {
  readonly putsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}
