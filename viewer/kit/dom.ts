/** Makes elements. Texts become text, never markup: a solution may have sent anything. */

type Attributes = Readonly<Record<string, string | number | boolean | (() => void)>>;

/** An element; an attribute that is a function listens to the event of its name, `false` is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key, value);
    else if (value !== false) made.setAttribute(key, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** A moment of the run as people read it. */
export function shownMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
