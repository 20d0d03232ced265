/** The order of the bench to its load process, and the result. */
import type { Address } from '../../runtime/node';

/** The systems that the bench compares with. */
export const peers = ['redis', 'bare'] as const;
export type PeerName = (typeof peers)[number];

export interface LoadSpec {
  readonly target:
    | { readonly system: 'viewlab'; readonly viewService: Address }
    | { readonly system: PeerName; readonly port: number };
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
