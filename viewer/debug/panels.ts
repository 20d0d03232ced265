/** Panels of lists and buttons: the possible steps, and the properties. */

import { element } from '../kit/dom';
import { capitalised } from '../strings/catalogue';
import { button, choiceButton } from './buttons';
import type { PropertyView, ShownMessage, Snapshot } from './debugging';
import { word, wordFor } from './words';

type Do = (name: string) => void;

export function messagesPanel({ messages }: Snapshot, act: Do): HTMLElement {
  const rows = messages.map((message) =>
    element(
      'li',
      { class: message.isNext ? 'next' : '' },
      element(
        'div',
        { class: 'what' },
        element('strong', {}, message.subject),
        ...tags(message).map((tag) => element('span', { class: 'tag' }, tag)),
      ),
      ...(message.detail === ''
        ? []
        : [element('code', { title: message.detail }, message.detail)]),
      element('div', { class: 'choices' }, ...message.choices.map((one) => choiceButton(one, act))),
    ),
  );
  return section('messages', word('messages'), [
    rows.length === 0
      ? element('p', {}, word('no-messages'))
      : element('ul', { class: 'list' }, ...rows),
  ]);
}

function tags({ isNext, isCopy, state }: ShownMessage): string[] {
  return [
    ...(isNext ? [word('comes-next')] : []),
    ...(isCopy ? [word('copy2')] : []),
    ...(state === 'on its way' ? [] : [wordFor(`message-${state}`)]),
  ];
}

export function timersPanel({ timers }: Snapshot, act: Do): HTMLElement {
  const rows = timers.map((timer) => {
    const { isNext, inMs, subject } = timer;
    const due = inMs <= 0 ? word('due-now') : word('due-in', { ms: Math.ceil(inMs) });
    return element(
      'li',
      { class: isNext ? 'next' : '' },
      element(
        'div',
        { class: 'what' },
        element('strong', {}, subject),
        element('span', { class: 'tag' }, isNext ? `${due}, ${word('comes-next')}` : due),
      ),
      element('div', { class: 'choices' }, choiceButton(timer, act)),
    );
  });
  return section('timers', word('timers'), [
    rows.length === 0
      ? element('p', {}, word('no-timers'))
      : element('ul', { class: 'list' }, ...rows),
  ]);
}

export function partitionPanel({ nodes, cut }: Snapshot, act: Do): HTMLElement {
  if (cut !== null) {
    return section('partition', word('faults'), [
      element('p', {}, word('cut-now', { side: cut.join(' ') })),
      button(capitalised(word('mend')), () => act('mend'), { key: 'mend' }),
    ]);
  }
  const boxes = nodes.map(({ node }) => {
    return [node, element('input', { type: 'checkbox', 'data-key': `side-${node}` })] as const;
  });
  const chosen = () => boxes.filter(([, box]) => box.checked).map(([node]) => node);
  const fields = boxes.map(([node, box]) => element('label', {}, box, ` ${node}`));
  const legend = element('legend', {}, word('cut-label'));
  return section('partition', word('faults'), [
    element('fieldset', {}, legend, ...fields),
    button(capitalised(word('cut')), () => act(`cut.${chosen().join('+')}`), { key: 'cut' }),
  ]);
}

/** The text typed last, for the next time that the form is drawn. */
const typed = { client: '', op: 'get', key: 'x', value: '' };

export function clientPanel({ nodes }: Snapshot, act: Do): HTMLElement {
  const clients = nodes.filter(({ kind }) => kind === 'client').map(({ node }) => node);
  const select = (id: string, label: string, values: readonly string[], chosen: string) => {
    const options = values.map((value) =>
      element('option', { value, selected: value === chosen }, value),
    );
    const made = element('select', { 'data-key': id }, ...options);
    return [element('label', {}, `${label} `, made), made] as const;
  };
  const [clientLabel, client] = select('client', word('client'), clients, typed.client);
  const [opLabel, op] = select(
    'op',
    word('operation'),
    ['get', 'put', 'append', 'putHash'],
    typed.op,
  );
  const field = (id: 'key' | 'value') =>
    element('input', { type: 'text', size: 8, maxlength: 200, value: typed[id], 'data-key': id });
  const [key, value] = [field('key'), field('value')];
  const form = element(
    'form',
    { class: 'ask' },
    ...[clientLabel, opLabel],
    element('label', {}, `${word('key')} `, key),
    element('label', {}, `${word('value')} `, value),
    element('button', { type: 'submit', 'data-key': 'ask' }, word('ask')),
  );
  const take = () => {
    Object.assign(typed, {
      client: client.value,
      op: op.value,
      key: key.value,
      value: value.value,
    });
    value.disabled = op.value === 'get';
  };
  form.addEventListener('input', take);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    take();
    const encode = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E');
    const words = [op.value, client.value, encode(key.value)];
    act([...words, ...(op.value === 'get' ? [] : [encode(value.value)])].join('.'));
  });
  value.disabled = op.value === 'get';
  return section('clients', word('clients'), [form]);
}

export function propertiesPanel({ properties }: Snapshot): HTMLElement {
  return section('properties', word('properties'), [
    element('ul', { class: 'properties' }, ...properties.map(property)),
  ]);
}

function property({ name, holds, expected, actual, details }: PropertyView): HTMLElement {
  const verdict = word(holds ? 'holds' : 'violated');
  const head = element(
    'div',
    {},
    element('strong', {}, `${holds ? '✓' : '✕'} ${verdict}`),
    ` ${wordFor(name)}`,
  );
  if (holds) return element('li', { class: 'good' }, head);
  const more = details.length === 0 ? [] : [element('pre', { lang: 'en' }, details.join('\n'))];
  return element(
    'li',
    { class: 'bad' },
    head,
    element('p', {}, word('got', { text: actual })),
    element('p', {}, word('expected', { text: expected })),
    ...more,
  );
}

export function section(name: string, title: string, children: readonly Node[]): HTMLElement {
  const heading = element('h2', { id: `${name}-title` }, title);
  return element(
    'section',
    { class: `panel ${name}`, 'aria-labelledby': `${name}-title` },
    heading,
    ...children,
  );
}
