/** The setting follows from the system that was named, and what it does not have is refused. */
import { labs } from '../../labtests/labs';
import { formatSetting } from '../../worlds/explored/setting';
import { type AskedSetting, settingFor, systemOption } from './system';

const asked = { clients: 2, ops: 2, seed: 1, 'from-start': false };
const textOf = (more: Partial<AskedSetting>) => formatSetting(settingFor({ ...asked, ...more }));

test('what was not asked for is up to the system', () => {
  expect(textOf({})).toBe('aa-ag.s2.k1');
  expect(textOf({ system: 'lecture', servers: 3 })).toBe('aa-ag.s3.k1');
  expect(textOf({ system: 'pair' })).toBe('aa-ag.s2.k1.pair');
  expect(textOf({ system: 'chain', servers: 3 })).toBe('aa-ag.s3.k0.start.chain');
  expect(textOf({ arbiter: 'etcd', 'from-start': true, ops: 0 })).toBe('0-0.s2.k1.start.etcd');
});

test('what it does not have is refused, with what it has', () => {
  expect(() => textOf({ system: 'pair', servers: 3 })).toThrow('expected 2, as a pair has, got 3');
  expect(() => textOf({ system: 'chain', crashes: 1 })).toThrow('--crashes: expected no crash');
  expect(() => textOf({ system: 'chain', arbiter: 'etcd' })).toThrow(
    '--arbiter: a chain has nobody',
  );
});

test('a system that nobody has added is answered with all that there are, and their labs', () => {
  const { coerce } = systemOption;
  const names = labs.flatMap(({ systems }) => systems.map(({ name }) => name));
  expect(names.map(coerce)).toEqual(names);
  expect(coerce(undefined)).toBeUndefined();
  for (const name of names) expect(() => coerce('raft')).toThrow(`${name} (part `);
  expect(() => coerce('raft')).toThrow('got "raft"');
});
