/** The keys of the run page. */

export interface RunKeyActions {
  readonly step: (direction: 1 | -1) => void;
  readonly move: (share: number) => void;
  readonly zoom: (factor: number) => void;
  readonly showAll: () => void;
  readonly toEnd: (end: 'first' | 'last') => void;
  readonly jump: () => void;
  readonly swap: () => void;
  readonly toParting: () => void;
  readonly search: () => void;
  readonly findNext: (direction: 1 | -1) => void;
  readonly toggle: (what: 'pings' | 'only' | 'even') => void;
  readonly help: () => void;
}

/** Until `signal` says that it is over. */
export function listenToRunKeys(actions: RunKeyActions, signal: AbortSignal): void {
  const table: Readonly<Record<string, () => void>> = {
    j: () => actions.step(1),
    ArrowDown: () => actions.step(1),
    k: () => actions.step(-1),
    ArrowUp: () => actions.step(-1),
    ArrowRight: () => actions.move(0.2),
    ArrowLeft: () => actions.move(-0.2),
    '+': () => actions.zoom(0.5),
    '=': () => actions.zoom(0.5),
    '-': () => actions.zoom(2),
    '0': actions.showAll,
    g: () => actions.toEnd('first'),
    G: () => actions.toEnd('last'),
    m: actions.jump,
    s: actions.swap,
    d: actions.toParting,
    '/': actions.search,
    n: () => actions.findNext(1),
    N: () => actions.findNext(-1),
    f: () => actions.toggle('only'),
    p: () => actions.toggle('pings'),
    t: () => actions.toggle('even'),
    '?': actions.help,
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = Object.hasOwn(table, event.key) ? table[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  document.addEventListener('keydown', press, { signal });
}

/** Letters belong to whoever types, arrows to a list of choices, and all keys to an open dialog. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input[type="search"], select') || target.closest('dialog[open]') !== null;
}
