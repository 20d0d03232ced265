import '../../labtests/labs';
import { formatSchedule, parseSchedule } from './schedule';

test.each([
  'explore:aa-ag.s2.k1:15,pause.s1,hold.c2.get',
  'explore:g.s3.k0.e7.start:',
  'explore:a.s2.k1:3,bounce.s1,3,duplicate.s1-vs.ping,30,release.s1-vs.ping',
  'explore:aph.s5.k3:1,crash.s2,9,restart.s2,2,resume.s1',
  'explore:aa-ag.s2.k0.etcd:15,pause.s1',
  'debug:0-aa.s2.k1.pair:put.c1.a%2Eb.1,until.done.c1,cut.s1+c1,mend,12',
  'debug:aa.s2.k1:deliverTwice.s1-s2.forward~2,drop.s2-s1.*.reply,timeout.s1-s2.forward,tick.vs',
])('a schedule is the same after reading and writing: %s', (text) => {
  const schedule = parseSchedule(text);
  expect(schedule && formatSchedule(schedule)).toBe(text);
});

test.each([
  ['explore:aa-ag.s2.k1:15pause.s1,0hold.c2.get', 'explore:aa-ag.s2.k1:15,pause.s1,hold.c2.get'],
  [
    'explore:aa.s2.k1:3twice.s1-vs.ping,30free.s1-vs.ping',
    'explore:aa.s2.k1:3,duplicate.s1-vs.ping,30,release.s1-vs.ping',
  ],
  [
    'explore:aa.s2.k0:4hold.s2-s1.reply,0hold.s1-s2.forward,2free.s1-s2.forward.2',
    'explore:aa.s2.k0:4,hold.s2-s1.*.reply,hold.s1-s2.forward,2,release.s1-s2.forward~2',
  ],
  ['debug:aa-ag.s2:4,crash.s1', 'debug:aa-ag.s2.k1:4,crash.s1'],
  [
    'debug:aa.s2.k1:twice.s1-s2.forward,hold.s1-s2.forward,free.s1-s2.forward,cut.s1,heal',
    'debug:aa.s2.k1:deliverTwice.s1-s2.forward,hold.s1-s2.forward,release.s1-s2.forward,cut.s1,mend',
  ],
])('a schedule of an earlier version: %s', (text, now) => {
  const schedule = parseSchedule(text);
  expect(schedule && formatSchedule(schedule)).toBe(now);
});

test.each([
  '',
  'B4:17',
  'explore:',
  'explore:aa.k1:1hold.s1',
  'explore:zz.s2.k1:',
  'explore:a-a-a-a-a-a.s2.k1:',
  'explore:aaaaaaaaaaaaaaa.s2.k1:',
  'explore:a.s9.k1:',
  'explore:a.s2.k1:1jump.s1',
  'explore:a.s2.k1:1hold.s1;rm',
  'debug:aa.s2',
  'debug:aa.s9:',
  'debug:aa.s3.pair:',
  'debug:aa.s2:Crash.s1',
  'debug:aa.s2:99999999',
  'debug:aa.s2:9999,9999,9999',
])('no schedule: %s', (text) => {
  expect(parseSchedule(text)).toBeUndefined();
});
