/**
 * The network between the processes of the cluster: a proxy in front of each member, and who is cut
 * off from whom. Without a partition the proxies only pass on what comes.
 */
import { Faults } from '../../runtime/faults';
import type { Address } from '../../runtime/node';
import { UsageError } from '../../runtime/terminal/exit';
import { FaultProxy, type FaultProxyOptions } from '../../runtime/websocket/fault-proxy';
import { Traffic } from './traffic';

/** The client of the prompt, and whoever comes from another terminal. */
export const clientName = 'client';

/** The name of a client that stands beside a member, wherever a partition puts that. */
export function clientBeside(member: string): string {
  return `${clientName}@${member}`;
}

export class Network {
  /** The names on each side; empty without a partition. */
  sides: readonly (readonly string[])[] = [];
  /** The counts of traffic; absent: nobody counts it. */
  traffic: Traffic | undefined;
  private readonly faults = new Faults(Math.random);
  private readonly names = new Map<Address, string>();

  /** From now on counts what passes through the proxies that are opened. */
  watch(): Traffic {
    this.traffic ??= new Traffic();
    return this.traffic;
  }

  /**
   * Opens the proxy of a member; its address is the member's, for ever. `onMessage` is told what
   * passes it, which costs time.
   */
  async open(name: string, onMessage?: FaultProxyOptions['onEvent']): Promise<FaultProxy> {
    const { faults, traffic } = this;
    const onEvent: FaultProxyOptions['onEvent'] = (event, message) => {
      traffic?.note(event, message);
      onMessage?.(event, message);
    };
    const proxy = await FaultProxy.open({
      name,
      faults,
      nameOf: (caller) => this.nameOf(caller),
      ...((traffic ?? onMessage) && { onEvent }),
    });
    this.names.set(proxy.address, name);
    return proxy;
  }

  /** Nothing gets from one side to another any more; an earlier partition ends. */
  partition(sides: readonly (readonly string[])[]): void {
    this.heal();
    if (this.traffic !== undefined) this.traffic.blocked = 0;
    this.sides = sides;
    const all = sides.map((names) => names.flatMap((name) => [name, clientBeside(name)]));
    for (const [side, names] of all.entries()) {
      const others = all.filter((_, other) => other !== side).flat();
      for (const from of names) for (const to of others) this.faults.cut(from, to);
    }
  }

  heal(): void {
    this.faults.heal();
    this.sides = [];
  }

  isCut(a: string, b: string): boolean {
    const sideOf = (name: string) =>
      this.sides.findIndex((names) => names.some((it) => it === name || clientBeside(it) === name));
    return sideOf(a) !== sideOf(b);
  }

  private nameOf(caller: Address): string {
    const name = this.names.get(caller);
    if (name !== undefined) return name;
    return caller.startsWith(`${clientName}@`) ? caller : clientName;
  }
}

/**
 * The sides that words such as `s1 | s2 s3 vs` name. Whoever is not named, the client too, stands on
 * the first side.
 */
export function parseSides(words: readonly string[], members: readonly string[]): string[][] {
  const known = [...members, clientName];
  const text = words.join(' ');
  const sides = text.split('|').map((side) => side.split(/[\s,]+/).filter((name) => name !== ''));
  const example = `partition ${members[0]} | ${members.slice(1).join(' ')}`;
  if (sides.length < 2 || sides.some((side) => side.length === 0)) {
    const got = text === '' ? 'nothing' : JSON.stringify(text);
    throw new UsageError(`expected partition NAMES | NAMES, as in: ${example}; got ${got}`);
  }
  const named = sides.flat();
  const stranger = named.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const got = JSON.stringify(stranger);
    throw new UsageError(`partition: expected names out of ${known.join(', ')}, got ${got}`);
  }
  const twice = named.find((name, index) => named.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(`partition: ${twice} can stand on one side only, but is named twice`);
  }
  const [first = [], ...others] = sides;
  return [[...first, ...known.filter((name) => !named.includes(name))], ...others];
}

/** `s1, client | s2`. */
export function sidesInWords(sides: readonly (readonly string[])[]): string {
  return sides.map((names) => names.join(', ')).join(' | ');
}
