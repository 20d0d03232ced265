/** A user without a wall is told why, in the words of bubblewrap, and what to do. */
import { type Attempt, missingWall } from './missing-wall';

const none = () => undefined;
const denied = 'bwrap: setting up uid map: Permission denied\n';
const only = (name: string, value: string) => (asked: string) =>
  asked === name ? value : undefined;

test.each<[string, Partial<Attempt>, string[]]>([
  [
    'not installed',
    { stderr: 'prlimit: failed to execute bwrap: No such file or directory\n' },
    ['bwrap is not installed', 'apt install bubblewrap'],
  ],
  [
    'no user of its own',
    { stderr: 'prlimit: failed to execute setpriv: No such file or directory\n' },
    ['setpriv is not installed', 'apt install util-linux'],
  ],
  ['nothing at all', { errorCode: 'ENOENT' }, ['prlimit is not installed', 'util-linux']],
  [
    'forbidden by AppArmor',
    { stderr: denied, setting: only('kernel.apparmor_restrict_unprivileged_userns', '1') },
    [
      'installed, but cannot be used (bwrap: setting up uid map: Permission denied)',
      'Ubuntu 24.04',
    ],
  ],
  [
    'forbidden by the kernel',
    { stderr: denied, setting: only('kernel.unprivileged_userns_clone', '0') },
    ['sudo sysctl -w kernel.unprivileged_userns_clone=1'],
  ],
  [
    'no namespaces',
    { stderr: denied, setting: only('user.max_user_namespaces', '0') },
    ['sudo sysctl -w user.max_user_namespaces=10000'],
  ],
  [
    'in a container',
    { stderr: 'bwrap: Creating new namespace failed: Operation not permitted\n' },
    ['(bwrap: Creating new namespace failed: Operation not permitted)', 'docker run'],
  ],
  ['too slow', { errorCode: 'ETIMEDOUT' }, ['cannot be used (ETIMEDOUT)']],
  ['another system', { platform: 'darwin', errorCode: 'ENOENT' }, ['needs Linux']],
])('%s', (_what, attempt, messages) => {
  const text = missingWall({ platform: 'linux', stderr: '', setting: none, ...attempt });
  for (const message of messages) expect(text).toContain(message);
});
