/** Looks and behaviour of the page about a class: constants, so that their hashes can be named. */

export const pageStyle = `
:root { color-scheme: light dark; --line: #8884; --bar: #2563c9; --weak: #8881; }
@media (prefers-color-scheme: dark) { :root { --bar: #7fb0ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0 2.5rem; width: 100%; }
caption { font-size: 1.2rem; font-weight: 600; padding: .5rem 0; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
thead th { background: Canvas; position: sticky; top: 0; }
tbody tr:hover { background: var(--weak); }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.bar { background: var(--weak); display: block; height: 1.1rem; width: 100%; min-width: 8rem; }
.bar rect { fill: var(--bar); }
th button { background: none; border: 0; color: inherit; cursor: pointer; font: inherit; padding: 0; }
th button::after { content: ' \\2195'; opacity: .5; }
th[aria-sort=ascending] button::after { content: ' \\2191'; opacity: 1; }
th[aria-sort=descending] button::after { content: ' \\2193'; opacity: 1; }
pre { margin: 0; max-height: 20rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** Sorts a table by the column whose heading is clicked: by numbers in data-value, or by text. */
export const pageScript = `
const collator = new Intl.Collator(undefined, { numeric: true });
const compare = (a, b) => (a.number === undefined ? collator.compare(a.text, b.text) : a.number - b.number);
for (const button of document.querySelectorAll('th button')) {
  button.addEventListener('click', () => {
    const heading = button.closest('th');
    const up = heading.getAttribute('aria-sort') !== 'ascending';
    for (const other of heading.parentElement.children) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const body = heading.closest('table').tBodies[0];
    const rows = [...body.rows].map((row) => {
      const { dataset, textContent } = row.cells[heading.cellIndex];
      return { row, text: textContent, number: dataset.value === undefined ? undefined : Number(dataset.value) };
    });
    rows.sort((a, b) => (up ? compare(a, b) : compare(b, a)));
    body.append(...rows.map(({ row }) => row));
  });
}
`;
