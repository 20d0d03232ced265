/** The states that were visited, as a tree: time goes to the right, a branch is a row of its own. */
import type { TreeState } from './debugging';
import { word, wordFor } from './words';

const columnWidth = 22;
const rowHeight = 24;
const margin = 14;
const radius = 6;
/** States before and after the current one that are drawn. */
const columnsAround = 80;
const maxRows = 60;

interface Placed extends TreeState {
  readonly column: number;
  readonly row: number;
}

const svg = 'http://www.w3.org/2000/svg';

export class TreePanel {
  readonly states: Placed[] = [];
  private readonly children = new Map<number, Placed[]>();
  /** Where somebody went on from each state the last time. */
  private readonly taken = new Map<number, number>();
  private rows = 0;

  add(states: readonly TreeState[]): void {
    for (const state of states) {
      const parent = state.parent === null ? undefined : this.states[state.parent];
      const siblings = this.children.get(state.parent ?? -1) ?? [];
      // The first one goes on in its parent's row.
      if (parent !== undefined && siblings.length > 0) this.rows += 1;
      const row = parent === undefined || siblings.length > 0 ? this.rows : parent.row;
      const placed = { ...state, row, column: parent === undefined ? 0 : parent.column + 1 };
      this.states.push(placed);
      this.children.set(state.parent ?? -1, [...siblings, placed]);
    }
  }

  /** Somebody is here now, and came along this way. */
  visit(current: number): void {
    for (let at = this.states[current]; at !== undefined; ) {
      const { id, parent }: Placed = at;
      if (parent === null) return;
      this.taken.set(parent, id);
      at = this.states[parent];
    }
  }

  parentOf(current: number): number | undefined {
    return this.states[current]?.parent ?? undefined;
  }

  /** On the way that was taken last; undefined: nobody has gone on from here. */
  childOf(current: number): number | undefined {
    return this.taken.get(current) ?? this.children.get(current)?.[0]?.id;
  }

  /** The nearest state in the branch above (-1) or below (1). */
  beside(current: number, direction: 1 | -1): number | undefined {
    const here = this.states[current];
    if (here === undefined) return undefined;
    const others = this.states.filter(({ row }) => (row - here.row) * direction > 0);
    const distance = ({ row, column }: Placed) =>
      Math.abs(row - here.row) * 10_000 + Math.abs(column - here.column);
    return others.toSorted((a, b) => distance(a) - distance(b))[0]?.id;
  }

  draw(current: number, go: (id: number) => void): Element {
    const here = this.states[current];
    const [column, row] = [here?.column ?? 0, here?.row ?? 0];
    const shown = this.states.filter(
      (state) =>
        Math.abs(state.column - column) <= columnsAround &&
        Math.abs(state.row - row) <= maxRows / 2,
    );
    const left = Math.min(...shown.map((state) => state.column));
    const top = Math.min(...shown.map((state) => state.row));
    const width =
      (Math.max(...shown.map((state) => state.column)) - left) * columnWidth + 2 * margin;
    const height = (Math.max(...shown.map((state) => state.row)) - top) * rowHeight + 2 * margin;
    const drawing = make('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
    const x = (state: Placed) => (state.column - left) * columnWidth + margin;
    const y = (state: Placed) => (state.row - top) * rowHeight + margin;
    const way = this.wayTo(current);
    for (const state of shown) {
      const parent = state.parent === null ? undefined : this.states[state.parent];
      if (parent === undefined || !shown.includes(parent)) continue;
      const [x1, y1, x2, y2] = [x(parent), y(parent), x(state), y(state)];
      const d =
        y1 === y2
          ? `M${x1} ${y1}H${x2}`
          : `M${x1} ${y1}V${y2 - 8}Q${x1} ${y2} ${x1 + 8} ${y2}H${x2}`;
      drawing.append(make('path', { d, class: way.has(state.id) ? 'way' : '' }));
    }
    for (const state of shown) drawing.append(this.circle(state, x(state), y(state), current, go));
    return drawing;
  }

  private circle(state: Placed, x: number, y: number, current: number, go: (id: number) => void) {
    const { id, broken } = state;
    const isHere = id === current;
    const group = make('g', {
      ...{ role: 'button', tabindex: isHere ? 0 : -1, 'data-key': `state-${id}` },
      'aria-label': this.nameOf(state),
      class: ['state', isHere ? 'here' : '', broken === null ? '' : 'broken'].join(' ').trim(),
      ...(isHere && { 'aria-current': 'true' }),
    });
    const title = make('title', {});
    title.textContent = this.nameOf(state);
    group.append(title);
    // A shape of its own, besides the colour.
    if (broken === null)
      group.append(make('circle', { cx: x, cy: y, r: isHere ? radius + 2 : radius }));
    else {
      const r = isHere ? radius + 4 : radius + 2;
      group.append(
        make('path', { d: `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z` }),
      );
    }
    group.addEventListener('click', () => go(id));
    group.addEventListener('keydown', (event) => {
      const { key } = event as KeyboardEvent;
      if (key === 'Enter' || key === ' ') go(id);
    });
    return group;
  }

  nameOf({ id, verb, subject, broken }: TreeState): string {
    const what = verb === '' ? word('state-first') : `${subject} ${wordFor(verb)}`.trim();
    const name = word('state-name', { id, what });
    if (broken === null) return name;
    return `${name}; ${word('state-broken', { property: wordFor(broken) })}`;
  }

  private wayTo(current: number): Set<number> {
    const way = new Set<number>();
    for (let at = this.states[current]; at !== undefined; ) {
      way.add(at.id);
      at = at.parent === null ? undefined : this.states[at.parent];
    }
    return way;
  }
}

function make(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(svg, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
