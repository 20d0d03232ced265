/** The keys of the debugger. */

export interface DebugKeys {
  readonly usual: (count: number) => void;
  readonly back: () => void;
  readonly forward: () => void;
  readonly branch: (direction: 1 | -1) => void;
  readonly messages: () => void;
  readonly search: () => void;
  readonly cancel: () => void;
  readonly copy: () => void;
  readonly scenario: () => void;
  readonly open: () => void;
  readonly lecture: () => void;
  readonly slide: (by: 1 | -1) => void;
  readonly isLecture: () => boolean;
  readonly help: () => void;
}

export function listenToDebugKeys(actions: DebugKeys): void {
  const always: Readonly<Record<string, () => void>> = {
    l: actions.lecture,
    '?': actions.help,
  };
  const debugging: Readonly<Record<string, () => void>> = {
    ...always,
    n: () => actions.usual(1),
    N: () => actions.usual(10),
    ArrowLeft: actions.back,
    ArrowRight: actions.forward,
    ArrowUp: () => actions.branch(-1),
    ArrowDown: () => actions.branch(1),
    m: actions.messages,
    r: actions.search,
    Escape: actions.cancel,
    c: actions.copy,
    s: actions.scenario,
    o: actions.open,
  };
  const next = () => actions.slide(1);
  const previous = () => actions.slide(-1);
  // The keys of presenters and of people at a keyboard.
  const lecturing: Readonly<Record<string, () => void>> = {
    ...always,
    ...{ ArrowRight: next, PageDown: next, n: next },
    ...{ ArrowLeft: previous, PageUp: previous },
    Escape: actions.lecture,
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const table = actions.isLecture() ? lecturing : debugging;
    const action = Object.hasOwn(table, event.key) ? table[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

/** Letters belong to whoever types, arrows to a list of choices, and all keys to an open dialog. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.matches('input[type="text"], select') || target.closest('dialog[open]') !== null;
}
