/** Shows the run whose data stands in the page, or the passing run beside it. */
import { Pair } from '../model/pair';
import { sideIn } from '../model/view-state';
import { RunApp } from './app';

const pair = new Pair(JSON.parse(document.getElementById('run')?.textContent ?? ''));
let leave = new AbortController();

/** Shows what the address says, in the place of what is there. */
function show(): void {
  const focused = document.activeElement?.id ?? '';
  leave.abort();
  leave = new AbortController();
  const side = pair.comparison === undefined ? 'failing' : sideIn(location.hash);
  new RunApp({ pair, side, signal: leave.signal, show }).show();
  document.getElementById(focused)?.focus();
}

show();
document.documentElement.dataset.ready = 'true';
