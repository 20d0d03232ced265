/** Checks what was given on the command line; each error says what was expected and what was got. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../errors';
import { formatAddress, isLoopback, parseAddress } from '../websocket/address';
import { UsageError } from './exit';

/** Makes the check of an option that takes a whole number. */
export function wholeNumber(option: string, { min, max }: { min: number; max: number }) {
  return (given: unknown): number => {
    const text = String(given).trim();
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new UsageError(
      `--${option}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(given)}`,
    );
  };
}

/** Makes the check of an option that takes the address of another node. */
export function address(option: string) {
  return (given: unknown): string => {
    try {
      return formatAddress(parseAddress(String(given)));
    } catch (error) {
      throw new UsageError(`--${option}: ${messageOf(error)}`);
    }
  };
}

/** Makes the check of an option that takes the addresses of two nodes. */
export function addressPair(option: string) {
  const one = address(option);
  return (given: unknown): readonly string[] | undefined => {
    if (given === undefined) return undefined;
    const pair = String(given).split(',');
    const [first, second] = pair.map((part) => one(part.trim()));
    if (pair.length === 2 && first !== undefined && second !== undefined && first !== second) {
      return [first, second];
    }
    const got = JSON.stringify(given);
    throw new UsageError(
      `--${option}: expected two addresses like 127.0.0.1:8001,127.0.0.1:8002, got ${got}`,
    );
  };
}

/** Makes the check of an option that takes a text which must not be empty. */
export function text(option: string, what: string) {
  return (given: unknown): string | undefined => {
    if (given === undefined || String(given).trim() !== '') return given as string | undefined;
    throw new UsageError(`--${option}: expected ${what}, got ""`);
  };
}

/** The shared secret in a file, without the line end that editors add. */
export function readToken(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let token: string;
  try {
    token = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`--token-file: cannot read ${path}: ${messageOf(error)}`);
  }
  if (token === '') {
    throw new UsageError(`--token-file: ${path} is empty; expected a secret, any line of text`);
  }
  // The secret travels in an HTTP header.
  if (/^[\x21-\x7e]{1,1024}$/.test(token)) return token;
  throw new UsageError(
    `--token-file: ${path} must hold one word of at most 1024 ASCII characters without spaces`,
  );
}

/** Anybody who reaches a server can read and write: beyond this machine that takes a secret. */
export function requireTokenBeyondLoopback(host: string, token: string | undefined): void {
  if (token !== undefined || isLoopback(host)) return;
  throw new UsageError(
    `--host ${host} can be reached from other machines, so it needs --token-file FILE: ` +
      'a file with a secret that all programs of the cluster share',
  );
}

/** A replica tells the others its address, and "every address of this machine" is none. */
export function requireReachableHost(host: string): void {
  if (host !== '0.0.0.0' && host !== '::') return;
  throw new UsageError(
    `--host ${host} is no address that others could call: give the one by which they reach this machine`,
  );
}
