/** A loop is told by computing alone, and the second time soon; a busy machine makes no loop. */
import { EndlessLoops, hangLimitMs } from './endless-loops';

const input = { node: 's1', what: 'PbService.operate' };

test('what has not come back once is not waited for again, in any server', () => {
  const loops = new EndlessLoops();
  expect(loops.limitFor(input)).toBe(hangLimitMs);
  const first = loops.found(input, 'PbServer.operate, pbservice/server.ts:12');
  expect(loops.limitFor({ ...input, node: 's2' })).toBeLessThan(hangLimitMs / 5);
  expect(loops.limitFor({ ...input, what: 'a tick' })).toBe(hangLimitMs);
  const second = loops.found({ ...input, node: 's2' }, undefined);
  expect(first).toMatchObject({
    kind: 'did not settle',
    actual:
      's1 did not come back from PbService.operate: an endless loop in PbServer.operate, ' +
      'pbservice/server.ts:12',
  });
  expect(second.actual).toBe(first.actual.replace('s1', 's2'));
});

test('without a place it is asked, not said', () => {
  expect(new EndlessLoops().found(input, undefined).actual).toMatch(/: an endless loop\?$/);
});

test('what takes the framework too long is nobody else’s fault', () => {
  const loops = new EndlessLoops();
  const ours = { node: '', what: 'the history checker' };
  expect(loops.limitFor(ours)).toBeGreaterThan(10 * hangLimitMs);
  expect(loops.found(ours, undefined)).toMatchObject({ kind: 'framework' });
  expect(loops.limitFor(ours)).toBeGreaterThan(10 * hangLimitMs);
});
