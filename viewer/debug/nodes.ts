/** The panel of the nodes: their roles, their memory, and what may happen to them. */

import { element } from '../kit/dom';
import { choiceButton } from './buttons';
import type { ShownField, ShownNode, ShownTable, Snapshot } from './debugging';
import { section } from './panels';
import { word, wordFor } from './words';

export interface NodesOptions {
  /** Memory in the words of the nodes, without tables. */
  readonly raw: boolean;
  readonly setRaw: (raw: boolean) => void;
  readonly act: (name: string) => void;
}

/** Servers come first: they are what is to be seen. */
const order: readonly ShownNode['kind'][] = ['server', 'view service', 'client'];

export function nodesPanel({ nodes }: Snapshot, options: NodesOptions): HTMLElement {
  const { raw, setRaw } = options;
  const box = element('input', { type: 'checkbox', checked: raw, 'data-key': 'raw' });
  box.addEventListener('change', () => setRaw(box.checked));
  const cards = order.flatMap((wanted) =>
    nodes.filter(({ kind }) => kind === wanted).map((node) => card(node, options)),
  );
  return section('nodes', word('nodes'), [
    element('label', { class: 'raw' }, box, ` ${word('raw')}`),
    element('ul', { class: 'cards' }, ...cards),
  ]);
}

function card(node: ShownNode, { raw, act }: NodesOptions): HTMLElement {
  const { condition, role, choices, fields } = node;
  const isTable = ({ tables }: ShownField) => !raw && tables.length > 0;
  const inWords = fields.filter((field) => !isTable(field));
  return element(
    'li',
    { class: `${condition} ${role ?? ''}` },
    element(
      'div',
      { class: 'what' },
      element('h3', {}, node.node),
      element('span', {}, roleOf(node)),
      ...(condition === 'up' ? [] : [element('span', { class: 'tag' }, wordFor(condition))]),
      element('span', { class: 'choices' }, ...choices.map((one) => choiceButton(one, act))),
    ),
    ...(inWords.length === 0 ? [] : [element('dl', {}, ...inWords.map(pair))]),
    element(
      'div',
      { class: 'tables' },
      ...fields
        .filter(isTable)
        .flatMap(({ name, tables }) => tables.map((shown) => table(name, shown))),
    ),
  );
}

function roleOf({ kind, condition, role, viewnum }: ShownNode): string {
  if (role !== null && viewnum !== null && condition !== 'down') {
    return word('role-in', { role: wordFor(role), viewnum });
  }
  if (kind === 'view service') return word('view-is', { viewnum: viewnum ?? 0 });
  return wordFor(kind === 'client' ? 'client-kind' : kind);
}

function pair({ name, value, isChanged }: ShownField): HTMLElement {
  return element('div', {}, element('dt', {}, name), element('dd', mark(isChanged), value));
}

function table(field: string, { name, columns, rows, more }: ShownTable): HTMLElement {
  const heads = columns.map((column) => element('th', { scope: 'col' }, column));
  const body = rows.map(({ cells, isChanged }) =>
    element(
      'tr',
      mark(isChanged),
      ...cells.map((cell) => element('td', { title: cell }, element('span', {}, cell))),
    ),
  );
  return element(
    'table',
    {},
    element('caption', {}, name === '' ? field : `${field}: ${name}`),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...body),
    ...(more === 0
      ? []
      : [
          element(
            'tfoot',
            {},
            element(
              'tr',
              {},
              element('td', { colspan: columns.length }, word('more-rows', { more })),
            ),
          ),
        ]),
  );
}

function mark(isChanged: boolean): { class?: string; title?: string } {
  return isChanged ? { class: 'changed', title: word('changed') } : {};
}
