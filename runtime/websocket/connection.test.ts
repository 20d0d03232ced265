/** Heartbeats of a connection, counted on a clock of the test. */
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { Connection } from './connection';
import { defaultLimits } from './limits';

const heartbeatIntervalMs = 100;

class Socket extends EventEmitter {
  readonly did: string[] = [];
  ping() {
    this.did.push('ping');
  }
  terminate() {
    this.did.push('terminate');
    this.emit('close');
  }
}

function connected(): Socket {
  const socket = new Socket();
  const limits = { ...defaultLimits, heartbeatIntervalMs };
  const events = { onMessage: () => undefined, onClose: () => undefined };
  new Connection(socket as EventEmitter as WebSocket, limits, events);
  return socket;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a peer is cut off at the third heartbeat after it was last heard', () => {
  const socket = connected();
  jest.advanceTimersByTime(10 * heartbeatIntervalMs);
  expect(socket.did).toEqual(['ping', 'ping', 'terminate']);
});

test('one heartbeat without an answer is none', () => {
  const socket = connected();
  for (let beat = 0; beat < 10; beat += 1) {
    jest.advanceTimersByTime(heartbeatIntervalMs);
    if (beat % 2 === 1) socket.emit('pong');
  }
  expect(socket.did).toEqual(Array.from({ length: 10 }, () => 'ping'));
});

test('the silence while this process was stopped is nobody’s', () => {
  const socket = connected();
  jest.advanceTimersByTime(2 * heartbeatIntervalMs);
  // The clock goes on, and no timer has run.
  const stopped = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
  jest.advanceTimersByTime(heartbeatIntervalMs);
  stopped.mockRestore();
  expect(socket.did).toEqual(['ping', 'ping', 'ping']);
});
