import { VirtualTimeline } from './timeline';

test('time jumps from event to event, and nothing happens in the past', () => {
  const timeline = new VirtualTimeline();
  const happened: string[] = [];
  timeline.after(20, () => happened.push('second'));
  timeline.at(10, () => happened.push('first'));
  timeline.advance();
  expect([timeline.now, happened]).toEqual([10, ['first']]);
  expect(() => timeline.at(9, () => undefined)).toThrow('nothing is to happen in the past');
  expect(() => timeline.after(Number.NaN, () => undefined)).toThrow('in the past');
  timeline.advance();
  expect([timeline.now, happened]).toEqual([20, ['first', 'second']]);
  expect(() => timeline.advance()).toThrow('something that never happens');
});
