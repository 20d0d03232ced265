/** Serves a debugging session to a browser, and takes over changed code. */
import * as v from 'valibot';
import { studentFilesIn } from '../../labtests/student-files';
import { messageOf } from '../../runtime/errors';
import { debugPage } from '../../viewer/debug/page';
import { servePage } from '../../viewer/kit/serve';
import type { Setting } from '../../worlds/explored/setting';
import type { WatchedCode } from '../../worlds/explored/watchdog';
import { hostFor } from '../explore/explore';
import { watchFiles } from '../watch/changes';
import type { Code } from './code';
import { DebugSession } from './session';

export interface DebuggerOptions {
  readonly setting: Setting;
  readonly code: Code;
  readonly port: number;
  readonly watched?: WatchedCode;
}

export interface Debugger {
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}

const count = (max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max));
const text = (length: number) => v.pipe(v.string(), v.maxLength(length));

/** The requests that a page may send. */
const Ask = v.object({
  generation: count(1e9),
  states: count(1e9),
  request: v.variant('ask', [
    v.object({ ask: v.literal('look') }),
    v.object({ ask: v.literal('do'), name: text(10_000) }),
    v.object({ ask: v.literal('usual'), count: count(1_000) }),
    v.object({ ask: v.literal('go'), state: count(1e9) }),
    v.object({ ask: v.literal('search') }),
    v.object({ ask: v.literal('cancel') }),
    v.object({ ask: v.literal('open'), schedule: text(100_000) }),
    v.object({ ask: v.literal('scenario') }),
    v.object({ ask: v.literal('slide'), lecture: text(100), number: count(1_000) }),
  ]),
});

/** Rejects with an Error when the port is taken, or the hand-in cannot be read. */
export async function startDebugger(options: DebuggerOptions): Promise<Debugger> {
  const { setting, code, port, watched } = options;
  let root = await code.read();
  const session = new DebugSession({
    setting,
    openHost: (arbiter) => hostFor(root, arbiter),
    ...(watched && { watched }),
  });
  const page = await servePage({
    port,
    html: debugPage,
    answer: (asked) => {
      const { request, ...known } = v.parse(Ask, asked);
      return session.answer(request, known, (progress) => page.tell({ progress }));
    },
  });
  const files = watchFiles(
    code.watched,
    () => studentFilesIn(code.watched),
    (changed) => {
      void code
        .read()
        .then((read) => {
          root = read;
          return session.reload(changed);
        })
        .then(() => page.tell({ reloaded: true }))
        .catch((error) => page.tell({ failed: messageOf(error) }));
    },
  );
  return {
    url: page.url,
    close: async () => {
      files.close();
      session.close();
      await page.close();
      code.remove();
    },
  };
}
