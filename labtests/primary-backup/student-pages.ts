/** The pages for students that the labs about primary and backup share. */
export const studentPages = { readme: 'commands/handout/files/README.md', chapters: 'docs/lab' };
