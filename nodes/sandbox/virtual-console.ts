/**
 * The console of a node: what it would show in a terminal goes to the log of the node, whole unless it
 * is very long, as the event `console` with a `text`.
 */
import { Console } from 'node:console';
import { messageOf } from '../../runtime/errors';
import type { Runtime } from '../../runtime/node';
import { shown } from '../../runtime/thrown-value';

type Method = (...args: unknown[]) => unknown;

export function virtualConsole(runtime: Runtime): object {
  // Most nodes never print anything.
  let made: Record<PropertyKey, unknown> | undefined;
  const own: Record<PropertyKey, unknown> = {};
  return new Proxy(own, {
    get(_target, name) {
      if (Object.hasOwn(own, name)) return own[name];
      made ??= makeConsole(runtime);
      return made[name];
    },
  });
}

function makeConsole(runtime: Runtime): Record<PropertyKey, unknown> {
  const say = (text: string) => runtime.log('console', { text: text.replace(/\n$/, '') });
  const stream = { write: say } as unknown as NodeJS.WritableStream;
  const real = new Console({ stdout: stream, stderr: stream, ignoreErrors: false });
  const methods = Object.entries(real).filter(([, method]) => typeof method === 'function');
  // A value that throws when it is looked at ends a program in a terminal; a line to look at must not.
  const guarded = methods.map(([name, method]) => [
    name,
    (...args: unknown[]) => {
      try {
        Reflect.apply(method as Method, real, args);
      } catch (error) {
        say(`console.${name} failed (${messageOf(error)}) with ${args.map(shown).join(', ')}`);
      }
    },
  ]);
  return { ...Object.fromEntries(guarded), ...stopwatch(runtime, say) };
}

/** Time is the node's own. */
function stopwatch(runtime: Runtime, say: (text: string) => void) {
  const begun = new Map<string, number>();
  const tell = (label: string, more: readonly unknown[]) => {
    const since = begun.get(label);
    if (since === undefined) return;
    const passedMs = Math.round((runtime.now() - since) * 1_000) / 1_000;
    say([`${label}: ${passedMs} ms`, ...more.map(shown)].join(' '));
  };
  return {
    time: (label = 'default') => void begun.set(String(label), runtime.now()),
    timeLog: (label = 'default', ...more: unknown[]) => tell(String(label), more),
    timeEnd: (label = 'default') => {
      tell(String(label), []);
      begun.delete(String(label));
    },
  };
}
