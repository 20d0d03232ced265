/** Scenarios speak of s1 and vs; real nodes know each other by host and port. */
import type { Address } from '../../runtime/node';

export class AddressBook {
  private readonly names = new Map<Address, string>();
  private readonly addresses = new Map<string, Address>();

  add(name: string, address: Address): void {
    this.names.set(address, name);
    this.addresses.set(name, address);
  }

  /** The name of the node with this address; whoever has none is called as he presents himself. */
  nameOf(address: Address): string {
    return this.names.get(address) ?? address;
  }

  addressOf(name: string): Address | undefined {
    return this.addresses.get(name);
  }

  /** The same value, with names in place of addresses, also where they stand in a sentence. */
  withNames<T>(value: T): T {
    const named = (text: string) => text.replaceAll(addresses, (address) => this.nameOf(address));
    return replaced(value, named) as T;
  }

  /** The same value, with addresses in place of names. */
  withAddresses<T>(value: T): T {
    return replaced(value, (text) => this.addressOf(text) ?? text) as T;
  }
}

/** The form of the address of a proxy. */
const addresses = /127\.0\.0\.1:\d+/g;

function replaced(value: unknown, by: (text: string) => string): unknown {
  if (typeof value === 'string') return by(value);
  if (Array.isArray(value)) return value.map((item) => replaced(item, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, by)]));
}
