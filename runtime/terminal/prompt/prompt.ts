/**
 * A prompt below a log: what happens meanwhile is printed above the line being typed, which stays
 * as it is. Without a terminal it carries out the lines that are piped in, one after the other.
 */
import readline from 'node:readline';
import type { HistoryFile } from './history-file';

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** The text before the line being typed, for instance `viewlab> `. */
  readonly prompt: string;
  /** Shows piped lines too, so that a transcript reads like a session. */
  readonly echo: boolean;
  readonly history: HistoryFile;
  /** The completions of the last word of this line. */
  readonly complete: (line: string) => readonly string[];
  /** Carries out a line; the next one waits until it is done. 'quit' ends the prompt. */
  readonly run: (line: string) => Promise<'quit' | undefined>;
  /** Ctrl-C at an empty line: cancels what is under way, or says false, and the prompt ends. */
  readonly interrupt: () => boolean;
}

export class Prompt {
  private readonly options: PromptOptions;
  private editor: readline.Interface | undefined;

  constructor(options: PromptOptions) {
    this.options = options;
  }

  /** True when a person sits before it. */
  get interactive(): boolean {
    return this.options.input.isTTY === true && this.options.output.isTTY === true;
  }

  /** Prints a line or several, above the one being typed. */
  print(text: string): void {
    const { output } = this.options;
    if (this.editor === undefined || !this.interactive) {
      output.write(`${text}\n`);
      return;
    }
    // The line being typed may be longer than the terminal is wide.
    const { rows } = this.editor.getCursorPos();
    readline.moveCursor(output, 0, -rows);
    this.clearLine();
    // Drawing the prompt anew begins as many rows higher as the line had before.
    output.write(`${text}\n${'\n'.repeat(rows)}`);
    this.editor.prompt(true);
  }

  /** Takes lines until `quit`, the end of the input, Ctrl-D, or Ctrl-C with nothing to cancel. */
  async run(): Promise<void> {
    const { input, output, prompt, history, complete, run } = this.options;
    const editor = readline.createInterface({
      input,
      output,
      prompt: this.interactive ? prompt : '',
      terminal: this.interactive,
      history: history.load().reverse(),
      removeHistoryDuplicates: true,
      completer: (line: string) => [complete(line), /\S*$/.exec(line)?.[0] ?? ''],
    });
    this.editor = editor;
    if (this.interactive) this.attachTo(editor);
    editor.prompt();
    for await (const line of editor) {
      if (line.trim() === '') continue;
      if (this.options.echo && !this.interactive) this.print(`> ${line.trim()}`);
      if ((await run(line)) === 'quit') break;
    }
    this.close();
  }

  /** Ends `run`, after the line that it is carrying out. */
  close(): void {
    const { editor } = this;
    this.editor = undefined;
    if (editor === undefined) return;
    if (this.interactive) this.clearLine();
    editor.close();
  }

  private attachTo(editor: readline.Interface): void {
    editor.on('line', (line) => {
      this.options.history.add(line);
      editor.prompt();
    });
    // Ctrl-D leaves, whatever is under way.
    editor.on('close', () => {
      this.close();
      this.options.interrupt();
    });
    editor.on('SIGINT', () => {
      if (editor.line !== '') {
        // As in a shell: the line is given up, and nothing else.
        editor.write(null, { ctrl: true, name: 'e' });
        editor.write(null, { ctrl: true, name: 'u' });
      } else if (!this.options.interrupt()) {
        this.close();
      }
    });
  }

  private clearLine(): void {
    readline.cursorTo(this.options.output, 0);
    readline.clearScreenDown(this.options.output);
  }
}
