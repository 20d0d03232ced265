import { formatSchedule, parseSchedule } from './schedule';

test.each([
  'explore:aa-ag.s2.k1:15pause.s1,0hold.c2.get',
  'explore:g.s3.k0.e7.start:',
  'explore:a.s2.k1:3bounce.s1,3twice.s1-vs.ping,30free.s1-vs.ping',
  'explore:aph.s5.k3:1crash.s2,9restart.s2,2resume.s1',
  'explore:aa-aa.s2.k0:4hold.s1-s2.forward,0hold.s1-s2.forward,2free.s1-s2.forward.2',
])('a schedule is the same after reading and writing: %s', (text) => {
  const schedule = parseSchedule(text);
  expect(schedule && formatSchedule(schedule)).toBe(text);
});

test.each([
  '',
  'B4:17',
  'explore:',
  'explore:aa.s2:',
  'explore:aa.k1:1hold.s1',
  'explore:zz.s2.k1:',
  'explore:a-a-a-a-a-a.s2.k1:',
  'explore:aaaaaaaaaaaaaaa.s2.k1:',
  'explore:a.s9.k1:',
  'explore:a.s2.k1:hold.s1',
  'explore:a.s2.k1:1jump.s1',
  'explore:a.s2.k1:1hold.s1;rm',
])('no schedule: %s', (text) => {
  expect(parseSchedule(text)).toBeUndefined();
});
