/** Turns what nodes log into sentences for people. */
import type { Address, Json } from '../node';

export type Fields = { readonly [key: string]: Json };

interface Sentence {
  /** Without one of these fields the event is somebody else's, of the same name. */
  readonly needs: readonly string[];
  readonly say: (fields: Fields) => string;
}

const sentences: Readonly<Record<string, Sentence>> = {
  // The view service.
  view: {
    needs: ['viewnum', 'primary', 'backup'],
    say: (fields) => viewInWords(fields),
  },
  acknowledged: {
    needs: ['viewnum'],
    say: ({ viewnum }) => `the primary has acknowledged view ${viewnum}`,
  },
  'forgot-views': {
    needs: ['server', 'viewnum'],
    say: ({ server, viewnum }) =>
      `${server} knows view ${viewnum}, but this view service has restarted and forgotten it. As its ` +
      'servers may still serve, it makes no view any more: stop everything and start anew',
  },
  // A replica.
  'entered-view': {
    needs: ['viewnum', 'primary', 'backup', 'role'],
    say: roleInWords,
  },
  'no-state': {
    needs: ['viewnum'],
    say: ({ viewnum }) =>
      `is to be primary of view ${viewnum}, but does not hold the state: refuses clients`,
  },
  'backup-initialised': {
    needs: ['viewnum', 'backup'],
    say: ({ viewnum, backup }) =>
      `the backup ${backup} has the whole state: ready to serve in view ${viewnum}`,
  },
  initialised: {
    needs: ['viewnum'],
    say: ({ viewnum }) =>
      `has the whole state from the primary: ready as backup of view ${viewnum}`,
  },
  'transfer-starts-over': {
    needs: ['backup', 'error'],
    say: ({ backup, error }) =>
      `sends the state to the backup ${backup} from the start again: ${reasonInWords(error)}`,
  },
  'view-service-unreachable': {
    needs: ['error'],
    say: ({ error }) => `the view service does not answer (${reasonInWords(error)}); keeps trying`,
  },
  // A replica under an arbiter on a coordination service.
  'told-view': {
    needs: ['viewnum', 'primary', 'backup'],
    say: (fields) => `is told of ${viewInWords(fields)}`,
  },
  'lease-expired': {
    needs: ['arbiter'],
    say: ({ arbiter }) =>
      `its lease may have ended, as ${arbiter} did not renew it in time: refuses everything`,
  },
  'lease-back': {
    needs: ['arbiter'],
    say: ({ arbiter }) => `has a lease of ${arbiter} again`,
  },
  replaced: {
    needs: ['arbiter'],
    say: ({ arbiter }) =>
      `its lease had ended, and others went on without it, says ${arbiter}: starts with empty memory`,
  },
  'arbiter-forgot': {
    needs: ['arbiter', 'viewnum'],
    say: ({ arbiter, viewnum }) =>
      `${arbiter} has lost the state of this cluster, of which view ${viewnum} was known here: ` +
      'stop everything and start anew',
  },
  // A server of a heartbeat pair.
  'pair-primary': {
    needs: ['epoch', 'partner', 'why'],
    say: ({ epoch, partner, why }) =>
      why === 'silence'
        ? `hears nothing from ${partner}: takes it for dead, and is primary now (epoch ${epoch})`
        : `is primary now (epoch ${epoch}), as ${partner} has no state`,
  },
  'pair-alone': {
    needs: ['partner'],
    say: ({ partner }) =>
      `hears nothing from its backup ${partner}: takes it for dead, goes on alone`,
  },
  'pair-whole': {
    needs: ['partner'],
    say: ({ partner }) => `the backup ${partner} has the whole state`,
  },
  'pair-backup': {
    needs: ['partner'],
    say: ({ partner }) => `has the whole state of ${partner}, and is its backup`,
  },
  'pair-stepped-down': {
    needs: ['epoch', 'partner', 'partnerEpoch'],
    say: ({ epoch, partner, partnerEpoch }) =>
      `is primary (epoch ${epoch}) and meets another primary, ${partner} (epoch ${partnerEpoch}): ` +
      `steps down, ${partnerEpoch === epoch ? 'as the second of the two' : 'for that is newer'}`,
  },
  diverged: {
    needs: ['key', 'here', 'there', 'partner', 'lost'],
    say: divergedInWords,
  },
  'gave-up-state': {
    needs: ['partner', 'keys', 'lost'],
    say: ({ partner, keys, lost }) =>
      `has given up its state for that of ${partner}: different keys ${keys}, ` +
      `acknowledged writes lost ${lost}`,
  },
  'view-service-back': { needs: [], say: () => 'the view service answers again' },
};

/** A sentence about an event; one that is not known is shown as it is: `event key=value`. */
export function eventInWords(event: string, fields: Fields): string {
  const sentence = Object.hasOwn(sentences, event) ? sentences[event] : undefined;
  if (sentence?.needs.every((field) => fields[field] !== undefined)) return sentence.say(fields);
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${plainly(value)}`);
  return `${event}${pairs.join('')}`;
}

export function viewInWords({ viewnum, primary, backup }: Fields): string {
  if (viewnum === 0) return 'no view: the view service has made none since it started';
  return `view ${viewnum}: primary ${primary ?? 'nobody'}, ${backup === null ? 'no backup' : `backup ${backup}`}`;
}

function divergedInWords({ key, here, there, partner, lost }: Fields): string {
  const shown = (value: Json | undefined) => (value === null ? 'no value' : JSON.stringify(value));
  const loss = lost === null ? '' : `; lost, though acknowledged: ${lost}`;
  return `key ${JSON.stringify(key)}: ${shown(here)} here, ${shown(there)} at ${partner}${loss}`;
}

function roleInWords({ viewnum, primary, backup, role }: Fields): string {
  if (role === 'primary') {
    return `is primary in view ${viewnum}, ${backup === null ? 'without a backup' : `with backup ${backup}`}`;
  }
  if (role === 'backup') return `is backup in view ${viewnum}, of primary ${primary}`;
  return `is idle in view ${viewnum}`;
}

/** The message of a failed call, with what the system calls ECONNREFUSED in plain words. */
export function reasonInWords(message: Json | undefined): string {
  const text = plainly(message ?? null);
  if (text.includes('ECONNREFUSED')) return 'nobody listens there';
  // A proxy does this to the caller of a node that is down.
  if (text.includes('socket hang up')) return 'nobody is there';
  if (text.includes('answered with 401')) {
    return 'it refuses the shared secret: give every program the same --token-file';
  }
  return text;
}

function plainly(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Puts names in the place of addresses: `s1` says more than `127.0.0.1:41827`. */
export function withNames(text: string, names: ReadonlyMap<Address, string>): string {
  if (names.size === 0) return text;
  const escaped = [...names.keys()].map((address) => address.replace(/[.[\]]/g, '\\$&'));
  // No digit before or after: 127.0.0.1:80 is not a part of 127.0.0.1:8000.
  const pattern = new RegExp(`(?<!\\d)(?:${escaped.join('|')})(?!\\d)`, 'g');
  return text.replace(pattern, (address) => names.get(address) ?? address);
}
