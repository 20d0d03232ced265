/**
 * The command line of all programs. The mains bring yargs along and hand it over; here yargs is
 * only a type, because jest cannot load it.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Argv } from 'yargs';
import { messageOf } from '../errors';
import { address, addressPair, text, wholeNumber } from './arguments';
import { commandWith, complain, endAtOnce, UsageError } from './exit';

export interface Description {
  /** The name of the command in the scripts of package.json. */
  readonly program: string;
  /** The text after the name, and below it the meaning of the program. */
  readonly synopsis: string;
  readonly about: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly epilogue?: string;
}

export function commandLine(argv: Argv, description: Description): Argv {
  const { program, synopsis, about, examples, epilogue } = description;
  const configured = argv
    // English, whatever the machine speaks: the sentences below are.
    .locale('en')
    .scriptName(program)
    .usage(`${commandWith(program, synopsis)}\n\n${about}`)
    .example(examples.map(([args, meaning]) => [commandWith(program, args), meaning] as const))
    .epilogue(epilogue ?? 'Exit codes: 0 all is well, 1 it failed, 2 it was used wrongly.')
    .version(packageVersion())
    .help()
    .parserConfiguration({
      // Keys and values stay what was typed: 1e3 is not 1000.
      'parse-numbers': false,
      'parse-positional-numbers': false,
      // The last one counts, as in most programs.
      'duplicate-arguments-array': false,
      'boolean-negation': false,
      'camel-case-expansion': false,
    })
    .strictOptions()
    .wrap(Math.min(100, process.stdout.columns ?? 100));
  return configured.fail((message, error) => {
    complain(
      program,
      error instanceof UsageError ? error.message : inOurWords(message, configured),
    );
    endAtOnce(2);
  });
}

/** For programs that take options only: a stray word is a mistake, usually a forgotten `--`. */
export function refuseWords(words: readonly unknown[]): void {
  if (words.length === 0) return;
  throw new UsageError(`expected options only, got the word ${JSON.stringify(words[0])}`);
}

function inOurWords(message: string, argv: Argv): string {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1];
  if (unknown !== undefined) {
    const got = [...new Set(unknown.split(', '))].map(dashed).join(', ');
    return `unknown option ${got}; expected ${visibleOptions(argv).map(dashed).join(', ')}`;
  }
  const bare = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (bare !== undefined) return `${dashed(bare)}: expected a value after it, got nothing`;
  return message;
}

function dashed(option: string): string {
  return option.length === 1 ? `-${option}` : `--${option}`;
}

function visibleOptions(argv: Argv): string[] {
  // Not in the types of yargs, but documented.
  const { key, hiddenOptions } = (
    argv as unknown as { getOptions(): { key: object; hiddenOptions: string[] } }
  ).getOptions();
  return Object.keys(key).filter((option) => !hiddenOptions.includes(option));
}

function packageVersion(): string {
  const file = path.resolve(__dirname, '../..', 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** An hour: longer intervals are typing errors. */
const longestIntervalMs = 3_600_000;

/** The options that programs share, each declared once. */
export const options = {
  port: (byDefault: number) => ({
    describe: 'Port to listen on; 0: any free one',
    requiresArg: true,
    default: byDefault,
    coerce: wholeNumber('port', { min: 0, max: 65_535 }),
  }),
  host: {
    describe: 'Address of this machine to listen on; one that others can reach needs --token-file',
    type: 'string',
    requiresArg: true,
    default: '127.0.0.1',
    coerce: text('host', 'a name or address of this machine') as (given: unknown) => string,
  },
  advertise: {
    describe: 'HOST:PORT under which others reach it, if that is not where it listens (a proxy)',
    type: 'string',
    requiresArg: true,
    coerce: (given: unknown) => (given === undefined ? undefined : address('advertise')(given)),
  },
  pingIntervalMs: {
    describe: 'Milliseconds between two pings of a server; the same for all programs of a cluster',
    requiresArg: true,
    default: 100,
    coerce: wholeNumber('ping-interval-ms', { min: 1, max: longestIntervalMs }),
  },
  viewService: {
    describe: 'Address of the view service',
    type: 'string',
    requiresArg: true,
    default: '127.0.0.1:8000',
    coerce: address('viewservice'),
  },
  deadPings: {
    describe: 'After how many missed pings a server counts as dead',
    requiresArg: true,
    default: 5,
    coerce: wholeNumber('dead-pings', { min: 1, max: 1_000_000 }),
  },
  pair: (describe: string) => ({
    describe: `${describe}, HOST:PORT,HOST:PORT`,
    type: 'string' as const,
    requiresArg: true,
    coerce: addressPair('pair'),
  }),
  /** The meaning of the URL is the arbiter's to say. */
  arbiter: <T>(parse: (text: string) => T) => ({
    describe:
      'Who decides in the place of a view service: etcd://HOST:PORT,.../NAME or zookeeper://...',
    type: 'string' as const,
    requiresArg: true,
    coerce: (given: unknown): T | undefined => {
      if (given === undefined) return undefined;
      try {
        return parse(String(given));
      } catch (error) {
        throw new UsageError(`--arbiter: ${messageOf(error)}`);
      }
    },
  }),
  tokenFile: {
    describe: 'File with the secret that all programs of the cluster share',
    type: 'string',
    requiresArg: true,
    coerce: text('token-file', 'the name of a file'),
  },
  trace: {
    describe: 'Write everything that happens at this node to a file, one JSON object a line',
    type: 'string',
    requiresArg: true,
    coerce: text('trace', 'the name of a file'),
  },
  /** For programs that start this one and read what it says. */
  log: {
    hidden: true,
    choices: ['words', 'json'] as const,
    requiresArg: true,
    default: 'words' as const,
  },
} as const;
