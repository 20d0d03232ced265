/** docs/errors.md, from the table in runtime/errors.ts. */
import { errorTable } from '../../runtime/errors';
import { code, generatedNote, markdownTable } from '../../runtime/markdown';

export function errorsPage(): string {
  const entries = Object.entries(errorTable);
  const overview = entries.map(([name, { definite }]) => [
    `[${code(name)}](#${name})`,
    definite ? 'definite' : 'indefinite',
  ]);
  const sections = entries.map(
    ([name, { definite, meaning, remedy }]) =>
      `## ${name}\n\n${meaning}\n\n` +
      `- **Did it happen?** ${definite ? 'No: definite.' : 'Perhaps: indefinite.'}\n` +
      `- **What to do:** ${remedy}`,
  );
  return `# Errors

${generatedNote}

Every call between nodes ends in a reply or in one of these errors, with a code and a message. The
table is \`errorTable\` in \`runtime/errors.ts\`.

An error is **definite** when the operation certainly did not happen: whoever asked may do something
else instead. It is **indefinite** when it may have happened: the request is lost, or only the reply
is, and from outside the two look the same. To retry after an indefinite error is safe only if the
other side notices that the operation is the same one, which is what the operation numbers of the
clerk and the duplicate table of the replicas are for.

${markdownTable(['code', 'kind'], overview)}

${sections.join('\n\n')}
`;
}
