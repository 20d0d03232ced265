/** The code that is debugged, and its folder. */

export interface Code {
  /** The folder whose student files are watched. */
  readonly watched: string;
  /** Reads it anew. Resolves with a folder that has viewservice/, pbservice/ and client/. */
  read(): Promise<string>;
  /** Clears up. */
  remove(): void;
}

/** The solution in this folder, as it is. */
export function solutionIn(folder: string): Code {
  return { watched: folder, read: async () => folder, remove: () => undefined };
}
