/** Starts the page of the debugger. */
import { DebugApp } from './app';

void new DebugApp().start();
