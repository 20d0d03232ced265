import { formatArbiterUrl, parseArbiterUrl } from './arbiter-url';

test.each([
  ['etcd://127.0.0.1:2379/pb', { kind: 'etcd', hosts: ['127.0.0.1:2379'], cluster: 'pb' }],
  ['etcd://127.0.0.1:2379', { kind: 'etcd', hosts: ['127.0.0.1:2379'], cluster: 'viewlab' }],
  [
    'zookeeper://a:2181,[::1]:2182/pb-2/',
    { kind: 'zookeeper', hosts: ['a:2181', '[::1]:2182'], cluster: 'pb-2' },
  ],
])('%s names a service', (text, url) => {
  expect(parseArbiterUrl(text)).toEqual(url);
  expect(parseArbiterUrl(formatArbiterUrl(parseArbiterUrl(text)))).toEqual(url);
});

test.each([
  ['', /^expected etcd:\/\/HOST:PORT,\.\.\.\/NAME or zookeeper:.*, got ""$/],
  ['consul://127.0.0.1:8500/pb', /^expected etcd:.*got "consul:/],
  ['127.0.0.1:2379', /^expected etcd:/],
  ['etcd://127.0.0.1/pb', /^expected an address like 127\.0\.0\.1:8000, got "127\.0\.0\.1"$/],
  ['etcd://127.0.0.1:2379/a/b', /^expected etcd:/],
  [`etcd://${Array(10).fill('a:1').join(',')}/pb`, /^expected at most 9 hosts, got 10$/],
])('%s is refused, with what was expected', (text, message) => {
  expect(() => parseArbiterUrl(text)).toThrow(message);
});
