import type { Session } from './coordination';
import { clockRateBound, Lease } from './lease';

const ttlMs = 1_000;
const session = { id: '1', trustMs: ttlMs } as Session;

function leaseAt(clock: { nowMs: number }): Lease {
  const lease = new Lease(() => clock.nowMs);
  lease.open(session, clock.nowMs);
  return lease;
}

test('it holds when the agreement names it, and ends before the service may end it', () => {
  const clock = { nowMs: 5_000 };
  const lease = leaseAt(clock);
  expect(lease.holds).toBe(false);
  lease.register();
  expect(lease.holds).toBe(true);
  clock.nowMs += ttlMs * (1 - clockRateBound) - 1;
  expect(lease.holds).toBe(true);
  clock.nowMs += 1;
  expect(lease.holds).toBe(false);
});

test('a renewal counts from when it was sent, in whatever order answers come', () => {
  const clock = { nowMs: 0 };
  const lease = leaseAt(clock);
  lease.register();
  clock.nowMs = 800;
  lease.renewed(600);
  lease.renewed(300);
  clock.nowMs = 1_499;
  expect(lease.holds).toBe(true);
  clock.nowMs = 1_500;
  expect(lease.holds).toBe(false);
});

test('a session that is lost, and an incarnation that is over, hold nothing', () => {
  const clock = { nowMs: 0 };
  const lease = leaseAt(clock);
  lease.register();
  lease.unregister();
  expect(lease.holds).toBe(false);
  lease.register();
  lease.lose();
  expect(lease.holds).toBe(false);
  lease.open(session, 0);
  expect(lease.holds).toBe(false);
});
