/** The isolation of the process of a node: how well it is shut in. */
export interface Isolation {
  readonly level: 'bubblewrap' | 'uid' | 'process';
  /** For people, in one line. */
  readonly summary: string;
  /** Why there is no stronger one, and what to do about it. */
  readonly missing?: string;
}
