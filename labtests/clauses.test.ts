/** Each duty that students are told is a clause, each clause is checked, and what breaks it is caught. */
import { readText } from '../runtime/text-file';
import { allScenarios } from './catalogue';
import { gradedParts, labs } from './labs';
import { cutSolution } from './solution-regions';
import { wrongSolutions } from './zoo/wrong-solutions';

const clauses = labs.flatMap((lab) => lab.contract?.clauses() ?? []);
/** The beginnings of sentences that say what a thing is, or why, or that nothing checks them. */
const explanations: string[] = [
  '(To count a question to the view service that had no answer among them is right, too: it promises less.)',
  '(Those of all its operations and its questions to the view',
  'While nobody is primary, or the view service answers with',
  'While the view service does not answer, the primary that',
  '(That of view 1 is no exception.',
  'More pings than one at each tick are right, too, up to twice',
  '(With which error a backup refuses what comes before its',
  'A backup that restarts when it had the whole state already',
  '(A view service that does not answer is asked again, after a',
  '(Each copy may count as one that waits.',
  'Once the backup has the state, the primary may answer before',
  'Ticks come meanwhile, too, and do not ping yet.',
  'The first ping has 0, whatever `get` told.)',
  '(What is taken is not counted: a piece that was taken may',
  'The rules of the view service, without a clock and without',
  '(After the view service of MIT 6.824 lab 2.)',
  '(Not so the primary of view 1 before it acknowledges: it',
  'Which of several becomes backup is free.',
  'One more than `maxServers` is refused with `overloaded`',
  '(No scenario checks that refusal.)',
  '(No scenario checks this one.)',
  'So many servers are remembered at the most, whatever they',
  'What is known of a server that pings.',
  'All that the view service remembers.',
  'Plain data: it may be written down as JSON and read again.',
  'The primary of the view has pinged with its number.',
  'Until then the view must stay.',
  'Everybody heard of lately, in the order in which they came.',
  'A server pinged with `viewnum`, the newest view number that',
  'Throws RpcError `overloaded` when `maxServers` others are',
  'One ping interval has passed: what comes of it.',
  'The view server: keeps the state, applies the rules, and',
  'Milliseconds between two pings of a server, and between two',
  'Default 100.',
  'After how many missed pings a server counts as dead.',
  'Default 5.',
  'A server says that it lives.',
  'Ping and tick log what people should see:',
  '`view`, with the fields of the view, when there is a new',
  'Nothing depends on these lines.',
  'Called every pingIntervalMs: time passes.',
  'The state, for people to look at.',
  'The replicated state machine: a key/value map, and whatever',
  'It is deterministic, so two copies that start equal and',
  'It knows nothing of views, networks and time.',
  'What became of a request: the same on every replica,',
  'Applies a request, or finds that it was applied before: a',
  'So may be a write that makes something longer, once all data',
  'The whole state, piece by piece, in an order that `restore`',
  'Adds entries that `entries` of another state machine gave.',
  'The clerk: what an application uses instead of talking to',
  'It finds the primary, keeps to it as long as it answers,',
  '(Up to two seconds late is right, too: a try ends by itself.)',
  'Where the view service is.',
  'Default: never.',
  '(`unknown-method` and `not-implemented` are for the developer;',
  '(A `get` may be read again whatever its number.',
  'To answer it as the first time, and to refuse a late one,',
  'Sets the key to the value.',
  'Adds the value to the end of what the key has; a missing',
  'Sets the key to the hash of its old value followed by',
  'Carries out one operation:',
  '`operate` of PbService, called at the primary.',
  'The view service says who is primary.',
  'A definite error promises that nothing happened.',
  '`too-large` keeps that promise after any number of tries,',
  'The contract between replicas: what a primary asks its',
  'A piece of the replicated state.',
  'A replica of the key/value service: primary, backup or',
  'What it logs (`runtime.log`) is for people: nothing depends',
  'It has sentences for `initialised` (fields: viewnum) at the',
  'Any other event is shown as it is.',
  'Milliseconds between two pings.',
  'The newest view that this replica knows.',
  'Asks whether there has been any view yet.',
  'If not, nothing was ever written, and this server holds the',
  'A server that restarts cannot fall for that: its own past',
  'Called every pingIntervalMs: pings the view service, and',
  'What is going on here, for people to look at.',
  'A client asks for an operation.',
  'Resolves with its result when backup and primary have',
  'Rejects with RpcError:',
  '`not-primary` when this server may not serve, or does not',
  'As backup: applies what the primary of this very view',
  'As backup: takes over the state that the primary of this',
];
const graded = allScenarios().filter(({ part }) => gradedParts.includes(part));

/** A text without the stars of comments, quotes that join texts, and line ends. */
function plainText(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^(?:\/\*\*|\*\/|\*|\/\/) ?/, '')
        .replace(/ \*\/$/, ''),
    )
    .join(' ')
    .replaceAll(/' \+ +'/g, '')
    .replaceAll(/ +/g, ' ')
    .trim();
}

test.each(clauses)('$id stands in $file, word for word', ({ file, words }) => {
  for (const sentence of words) expect(plainText(readText(file))).toContain(sentence);
});

test('ids are unique, and scenarios name clauses that are there', () => {
  const ids = clauses.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const unknown = graded.flatMap(({ id, clauses: named = [] }) =>
    named.filter((clause) => !ids.includes(clause)).map((clause) => `${id} ${clause}`),
  );
  expect(unknown).toEqual([]);
});

test('each graded scenario checks a clause, and each clause has a scenario', () => {
  expect(
    graded.filter(({ clauses: named = [] }) => named.length === 0).map(({ id }) => id),
  ).toEqual([]);
  const named = new Set(graded.flatMap((scenario) => scenario.clauses ?? []));
  expect(clauses.filter(({ id }) => !named.has(id)).map(({ id }) => id)).toEqual([]);
});

test('each clause has two wrong solutions that break it, and a scenario that names it catches them', () => {
  const wrong = wrongSolutions();
  const few = clauses.filter(({ id }) => wrong.filter(({ breaks }) => breaks === id).length < 2);
  expect(few.map(({ id }) => id)).toEqual([]);
  const unnamed = wrong.filter(
    ({ breaks, meant }) =>
      !graded.some(({ id, clauses: named = [] }) => meant.includes(id) && named.includes(breaks)),
  );
  expect(unnamed.map(({ name }) => name)).toEqual([]);
});

/** The sentences of the doc comments that a student finds in a stub. */
function sentences(file: string): string[] {
  const comments = cutSolution(readText(file), file).match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments.flatMap((comment) =>
    comment
      .slice(3, -2)
      .split(/\n\s*\*\s*(?:\n|- )/)
      .flatMap((paragraph) => plainText(paragraph).split(/(?<=[.:])\s+(?=[A-Z`(])/)),
  );
}

test('each sentence of a stub is part of a clause, or known to have no duty', () => {
  const stubs = labs.filter((lab) => lab.contract !== undefined).flatMap((lab) => lab.stubs);
  const said = clauses.flatMap(({ words }) => words);
  const isTold = (sentence: string) =>
    [...said, ...explanations].some(
      (words) => sentence.includes(words) || words.includes(sentence),
    );
  const untold = stubs.flatMap((file) =>
    sentences(file)
      .filter((sentence) => sentence !== '' && !isTold(sentence))
      .map((sentence) => `${file}: ${sentence}`),
  );
  expect(untold).toEqual([]);
});
