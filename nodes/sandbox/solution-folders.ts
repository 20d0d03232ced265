/** The folders of a solution; what may be loaded from them is told by `allowed-modules.ts`. */
export const solutionFolders: readonly string[] = ['viewservice', 'pbservice', 'client'];
