/** The model notes what a view service does wrong. */
import { noView, type View } from '../../../viewservice/api';
import { PingModel } from './ping-model';
import { view } from './views';

/** Server a is primary and b is backup of view 2, which is acknowledged; c is idle, if it is there. */
function pair(...idle: string[]): PingModel {
  const model = new PingModel(5, 6, 4);
  model.ping('a', 0);
  model.enter(view(1, 'a'));
  model.ping('a', 1);
  model.ping('b', 0);
  model.enter(view(2, 'a', 'b'));
  for (const server of idle) model.ping(server, 0);
  model.ping('b', 2);
  return model;
}

/** So many ticks pass, in which these servers ping the number of the view. */
function pass(model: PingModel, ticks: number, pinging: readonly string[], now: View): void {
  for (let tick = 0; tick < ticks; tick += 1) {
    for (const server of pinging) model.ping(server, now.viewnum);
    model.tick();
    model.enter(now);
    model.checkNothingIsOverdue();
  }
}

const second = view(2, 'a', 'b');

describe('it notes', () => {
  const acknowledged = (...idle: string[]) => {
    const model = pair(...idle);
    model.ping('a', 2);
    return model;
  };

  test('nothing of a failover', () => {
    const model = acknowledged();
    pass(model, 5, ['b'], second);
    model.enter(view(3, 'b'));
    expect([model.broken, [...model.anomalies]]).toEqual([undefined, []]);
  });

  test('a view that is given up before it is acknowledged', () => {
    const model = pair();
    pass(model, 6, ['b'], second);
    model.enter(view(3, 'b'));
    expect([...model.anomalies]).toEqual(['view given up unacknowledged']);
    expect(model.broken?.expected).toBe('view 2 to stay: a has not acknowledged it');
  });

  test('one that is given up although its primary restarted before it acknowledged', () => {
    const model = pair();
    model.ping('a', 0);
    model.ping('a', 2);
    model.enter(view(3, 'b', 'a'));
    expect([...model.anomalies]).toEqual(['view given up unacknowledged']);
  });

  test.each([
    ['primary', ['b'], view(3, 'b')],
    ['backup', ['a'], view(3, 'a', 'c')],
  ])('views that flap: the %s had just pinged', (role, pinging, next) => {
    const model = acknowledged('c');
    pass(model, 1, [...pinging, 'c'], second);
    model.enter(next);
    expect([...model.anomalies]).toEqual(['views flap']);
    expect(model.broken?.expected).toMatch(new RegExp(`1 tick ago, to stay ${role}$`));
  });

  test('nothing with a name when it is only too early', () => {
    const model = acknowledged();
    pass(model, 4, ['b'], second);
    model.enter(view(3, 'b'));
    expect([...model.anomalies]).toEqual([]);
    expect(model.broken?.expected).toBe('a, which pinged 4 ticks ago, to stay primary');
  });

  test('a primary that restarted, and stays one', () => {
    const model = acknowledged('c');
    model.ping('a', 0);
    model.enter(view(3, 'a', 'b'));
    expect([...model.anomalies]).toEqual(['primary without the state']);
  });

  test.each([
    ['not yet one that is late', 7, []],
    ['a view that is so late that nobody can wait for it', 8, ['view overdue']],
  ])('%s', (_what, ticks, anomalies) => {
    const model = acknowledged();
    pass(model, ticks, ['b'], second);
    expect([...model.anomalies]).toEqual(anomalies);
    expect(model.broken?.expected).toContain('its backup lives, but not a');
  });

  test('no view as overdue in which nobody could have done anything', () => {
    const model = acknowledged('c');
    pass(model, 20, ['c'], second);
    expect([model.broken, [...model.anomalies]]).toEqual([undefined, []]);
  });

  test('nothing before the first view', () => {
    const model = new PingModel(5, 6, 4);
    pass(model, 20, ['a'], noView);
    expect(model.broken).toBeUndefined();
  });
});
