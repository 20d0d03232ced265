/** The prompt of the client: one operation after the other, until one leaves. */
import { painterFor, type Style } from '../runtime/terminal/colour';
import { visibleLines } from '../runtime/terminal/control-characters';
import { UsageError } from '../runtime/terminal/exit';
import { promptHistoryFile } from '../runtime/terminal/prompt/history-file';
import { splitWords } from '../runtime/terminal/prompt/line-words';
import { Prompt } from '../runtime/terminal/prompt/prompt';
import { viewInWords } from '../runtime/terminal/words';
import { carryOut, durationInWords, errorInWords } from './carry-out';
import { type ClientConnection, silenceInWords } from './connection';
import { operationForms, operationUsage, parseOperation, resultInWords } from './operations';

const otherCommands = {
  view: 'who is primary and who is backup',
  help: 'this list',
  quit: 'leave (also Ctrl-D)',
};

const help = [
  ...Object.entries(operationForms).map(
    ([command, { meaning }]) => [operationUsage(command), meaning] as const,
  ),
  ...Object.entries(otherCommands),
]
  .map(([usage, meaning]) => `  ${usage.padEnd(20)}${meaning}`)
  .join('\n');

/** Returns the exit code: 1 when a line that was piped in failed. */
export async function interactive(
  connection: ClientConnection,
  timeoutMs: number | undefined,
): Promise<number> {
  let underWay: AbortController | undefined;
  let failures = 0;
  const paint = painterFor(process.stdout);
  const commands = [...Object.keys(operationForms), ...Object.keys(otherCommands)];
  const prompt = new Prompt({
    input: process.stdin,
    output: process.stdout,
    prompt: 'viewlab> ',
    echo: false,
    history: promptHistoryFile('client-history'),
    complete: (line) => (/\s/.test(line) ? [] : commands.filter((name) => name.startsWith(line))),
    run,
    interrupt: () => {
      underWay?.abort();
      return underWay !== undefined;
    },
  });

  function fail(text: string): undefined {
    failures += 1;
    say('red', text);
  }

  function say(style: Style, text: string): undefined {
    prompt.print(paint(style, visibleLines(text)));
  }

  async function run(line: string): Promise<'quit' | undefined> {
    try {
      const words = splitWords(line);
      if (words[0] === 'quit' || words[0] === 'exit') return 'quit';
      if (words[0] === 'help') return say('dim', help);
      if (words[0] === 'view') return say('bold', await viewOrReason());
      await operate(words);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      fail(`${error.message}. "help" lists what there is`);
    }
    return undefined;
  }

  async function viewOrReason(): Promise<string> {
    try {
      return viewInWords(await connection.view());
    } catch (error) {
      return silenceInWords(connection.ask, error);
    }
  }

  async function operate(words: string[]): Promise<void> {
    const operation = parseOperation(words);
    underWay = new AbortController();
    const ending = await carryOut(connection.clerk, operation, {
      timeoutMs,
      signal: underWay.signal,
      whatIsMissing: connection.whatIsMissing,
      notice: (text) => say('yellow', `${text} (Ctrl-C cancels)`),
    });
    underWay = undefined;
    const took = durationInWords(ending.tookMs);
    if (ending.type === 'done') {
      prompt.print(`${resultInWords(operation, ending.result)} ${paint('dim', `(${took})`)}`);
    } else if (ending.type === 'cancelled') {
      fail(`cancelled after ${took}; the operation may have taken effect`);
    } else {
      fail(errorInWords(ending.error));
    }
  }

  if (prompt.interactive) say('dim', 'put a 1, get a, ... "help" lists what there is.');
  await prompt.run();
  return prompt.interactive || failures === 0 ? 0 : 1;
}
