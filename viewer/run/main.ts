/** Shows the run whose data stands in the page, or the passing run beside it. */
import { tellLanguage } from '../kit/language';
import { Pair } from '../model/pair';
import type { RunData } from '../model/run';
import { withoutTies } from '../model/ties';
import { type PageState, sideIn } from '../model/view-state';
import { RunApp } from './app';
import { describeInAll } from './event-words';

const data: RunData = JSON.parse(document.getElementById('run')?.textContent ?? '');
const pair = new Pair(withoutTies(data), describeInAll);
let leave = new AbortController();

/** Shows this state, or what the address says, in the place of what is there. */
function show(state?: PageState): void {
  const focused = document.activeElement?.id ?? '';
  leave.abort();
  leave = new AbortController();
  const wanted = state?.run ?? sideIn(location.hash);
  const side = pair.comparison === undefined ? 'failing' : wanted;
  new RunApp({ pair, side, state, signal: leave.signal, show }).show();
  document.getElementById(focused)?.focus();
}

tellLanguage();
show();
document.documentElement.dataset.ready = 'true';
