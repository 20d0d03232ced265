import { ViewWatcher } from './view-watcher';

const first = { viewnum: 1, primary: 's1', backup: null };
const second = { viewnum: 2, primary: 's1', backup: 's2' };

test('the newest view counts, and no older one that is told later', () => {
  const views = new ViewWatcher(() => 0);
  expect([first, second, first].map((view) => views.told(view))).toEqual([true, true, false]);
  expect(views.view).toEqual(second);
});

test('a view is acknowledged when its primary pings its number, once', () => {
  const views = new ViewWatcher(() => 0);
  expect(views.isAcknowledged).toBe(false);
  views.told(second);
  expect(views.pinged({ server: 's2', viewnum: 2 })).toBe(false);
  expect(views.pinged({ server: 's1', viewnum: 1 })).toBe(false);
  expect(views.pinged({ server: 's1', viewnum: 2 })).toBe(true);
  expect(views.pinged({ server: 's1', viewnum: 2 })).toBe(false);
  expect([views.acknowledged, views.isAcknowledged]).toEqual([2, true]);
  views.told({ viewnum: 3, primary: 's2', backup: null });
  expect([views.acknowledged, views.isAcknowledged]).toEqual([2, false]);
});

test('under an arbiter it is what nodes log', () => {
  const views = new ViewWatcher(() => 0);
  expect(views.logged('view', second)).toBe(true);
  expect(views.logged('acknowledged', { viewnum: 2 })).toBe(false);
  expect(views.logged('acknowledged', { viewnum: 1 })).toBe(false);
  expect(views.logged('entered-view', { viewnum: 9 })).toBe(false);
  expect([views.view, views.isAcknowledged]).toEqual([second, true]);
});

test('a view service that begins anew has made no view', () => {
  const views = new ViewWatcher(() => 0);
  views.told(second);
  views.pinged({ server: 's1', viewnum: 2 });
  views.forget();
  expect([views.view.viewnum, views.isAcknowledged]).toEqual([0, false]);
  expect(views.told(first)).toBe(true);
});

test('a ping 0 counts as a restart in the view that was there when it came', () => {
  let now = 0;
  const views = new ViewWatcher(() => now);
  views.pinged({ server: 's2', viewnum: 0 });
  now = 10;
  views.told(second);
  expect(views.restartMs('s2')).toBe(Number.NEGATIVE_INFINITY);
  now = 20;
  views.pinged({ server: 's2', viewnum: 0 });
  views.pinged({ server: 's2', viewnum: 2 });
  expect(views.restartMs('s2')).toBe(20);
  now = 30;
  views.pinged({ server: 's1', viewnum: 2 });
  expect(views.restartMs('s2')).toBe(30);
});
