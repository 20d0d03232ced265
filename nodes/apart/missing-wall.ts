/** The reason why bubblewrap does not work on a machine, in its own words, and the remedy. */
import { readFileSync } from 'node:fs';

/** The result of an attempt to start a program behind the wall. */
export interface Attempt {
  readonly platform: NodeJS.Platform;
  /** The system could not start the first program of the line at all. */
  readonly errorCode?: string | undefined;
  readonly stderr: string;
  /** The value of a setting of the kernel, for instance `kernel.unprivileged_userns_clone`. */
  readonly setting: (name: string) => string | undefined;
}

const packageOf: Readonly<Record<string, string>> = {
  bwrap: 'bubblewrap',
  prlimit: 'util-linux',
  setpriv: 'util-linux',
};

/** One sentence or two, for whoever may change the machine. */
export function missingWall({ platform, errorCode, stderr, setting }: Attempt): string {
  if (platform !== 'linux') {
    return 'a real wall needs Linux: grade the code of strangers there, or in a container or a virtual machine';
  }
  const absent =
    /failed to execute (\w+): No such file/.exec(stderr)?.[1] ??
    (errorCode === 'ENOENT' ? 'prlimit' : undefined);
  if (absent !== undefined) {
    const name = packageOf[absent] ?? absent;
    return `${absent} is not installed: install ${name} (Debian, Ubuntu: apt install ${name}; Fedora: dnf install ${name})`;
  }
  const words = stderr.trim().split('\n').at(-1)?.slice(0, 200) || (errorCode ?? 'it says nothing');
  return `bubblewrap is installed, but cannot be used (${words}): ${remedy(setting)}`;
}

function remedy(setting: Attempt['setting']): string {
  if (setting('user.max_user_namespaces') === '0') {
    return 'this machine allows no user namespaces: sudo sysctl -w user.max_user_namespaces=10000';
  }
  if (setting('kernel.unprivileged_userns_clone') === '0') {
    return 'only root may make namespaces here: sudo sysctl -w kernel.unprivileged_userns_clone=1';
  }
  if (setting('kernel.apparmor_restrict_unprivileged_userns') === '1') {
    return (
      'AppArmor forbids it, as Ubuntu 24.04 and later do: give /usr/bin/bwrap a profile that allows userns ' +
      '(the package apparmor-profiles has one: bwrap-userns-restrict), or, on a machine for grading ' +
      'alone, sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'
    );
  }
  return (
    'a container needs the right to make namespaces (docker run --security-opt seccomp=unconfined ' +
    '--security-opt apparmor=unconfined); on a machine of your own, ask whoever runs it'
  );
}

/** As /proc/sys has it. */
export function kernelSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
