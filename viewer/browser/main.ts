/** Shows the run whose data stands in the page. */
import { App } from './app';

const data = document.getElementById('run')?.textContent ?? '';
new App(JSON.parse(data)).show();
document.documentElement.dataset.ready = 'true';
