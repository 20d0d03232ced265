import { between, seededRandom } from '../../runtime/seeded-random';
import { EventQueue } from './event-queue';

function takeAll(queue: EventQueue): void {
  for (let event = queue.take(); event !== undefined; event = queue.take()) event.run();
}

test('events come in the order of their times', () => {
  const queue = new EventQueue();
  const happened: number[] = [];
  for (const time of [5, 1, 4, 1.5, 3]) queue.add(time, () => happened.push(time));
  takeAll(queue);
  expect(happened).toEqual([1, 1.5, 3, 4, 5]);
});

test('events of the same time come in the order in which they were added', () => {
  const queue = new EventQueue();
  const happened: string[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) queue.add(10, () => happened.push(name));
  queue.add(9, () => happened.push('before'));
  takeAll(queue);
  expect(happened).toEqual(['before', 'a', 'b', 'c', 'd', 'e']);
});

test('a cancelled event does not happen', () => {
  const queue = new EventQueue();
  const happened: string[] = [];
  const first = queue.add(1, () => happened.push('cancelled'));
  queue.add(2, () => happened.push('kept'));
  first.cancelled = true;
  takeAll(queue);
  expect(happened).toEqual(['kept']);
  expect(queue.take()).toBeUndefined();
});

test('events added while others are taken find their place, as in a sorted list', () => {
  const random = seededRandom(1);
  const queue = new EventQueue();
  let now = 0;
  let left = 5_000;
  const add = () => {
    left -= 1;
    queue.add(now + between(random, 0, 20), () => undefined);
  };
  for (let i = 0; i < 50; i += 1) add();
  let before = { time: 0, order: -1 };
  for (let event = queue.take(); event !== undefined; event = queue.take()) {
    const isLater = event.time > before.time;
    expect(isLater || (event.time === before.time && event.order > before.order)).toBe(true);
    before = event;
    now = event.time;
    if (left > 0) add();
  }
  expect(left).toBe(0);
});
