/** Starts the page of the debugger. */
import { App } from './app';

void new App().start();
