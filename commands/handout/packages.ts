/** package.json and package-lock.json of a handout: what its programs need, in the versions of here. */

type Versions = Readonly<Record<string, string>>;

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: Versions;
  readonly scripts: Versions;
  readonly overrides: Versions;
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

interface LockEntry {
  readonly [key: string]: unknown;
  readonly peer?: true;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
  readonly peerDependencies?: Versions;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The order of npm. */
const keysBeforePeer = new Set([
  ...['version', 'resolved', 'integrity', 'dev', 'devOptional', 'hasInstallScript', 'inBundle'],
  ...['license', 'optional'],
]);

/** package-lock.json, version 3: entries by where they are, `node_modules/a/node_modules/b`. */
export interface Lock {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** The commands of a student. */
const commands = [
  'start',
  'viewservice',
  'replica',
  'client',
  'pair',
  'test',
  'test:real',
  'watch',
  'replay',
  'debug',
];
const moreCommands = ['check-history', 'explore', 'typecheck', 'view'];

/** The packages that no import shows: the programs of the scripts, and what ts-node compiles with. */
const tools = ['jest', 'typescript'];
/** Types that tsconfig.json names. */
const ambientTypes = ['@types/jest', '@types/node'];

/** The files of the programs that the commands run. */
export function programsOf({ scripts }: Manifest): string[] {
  const programs = Object.values(pick(scripts, isCommand)).flatMap((command) => {
    const [, program] = /^node scripts\/run\.cjs (\S+)$/.exec(command) ?? [];
    return program === undefined ? [] : [`${program}.ts`];
  });
  return ['scripts/run.cjs', ...programs];
}

/** `imported`: the packages that the files of the handout import. */
export function handoutPackage(manifest: Manifest, imported: ReadonlySet<string>) {
  const { version, license, engines, scripts, overrides, dependencies, devDependencies } = manifest;
  const declared = { ...dependencies, ...devDependencies };
  const unknown = [...imported].filter((name) => declared[name] === undefined);
  if (unknown.length > 0) {
    throw new Error(`package.json does not name what the handout imports: ${unknown.join(', ')}`);
  }
  const isNeeded = (name: string) =>
    imported.has(name) ||
    [...tools, ...ambientTypes].includes(name) ||
    (name.startsWith('@types/') && imported.has(name.slice('@types/'.length)));
  return {
    name: 'viewlab-handout',
    version,
    description: 'A lab: build primary/backup replication, with tests that exercise every failure',
    license,
    private: true,
    engines,
    scripts: pick(scripts, isCommand),
    overrides,
    dependencies: pick(dependencies, isNeeded),
    devDependencies: pick(devDependencies, isNeeded),
  };
}

/** The lock file with the entries that are reached from there, as `npm install` would leave it. */
export function handoutLock(lock: Lock, own: ReturnType<typeof handoutPackage>): Lock {
  const { name, version, license, engines, dependencies, devDependencies } = own;
  const root = { name, version, license, dependencies, devDependencies, engines };
  const reached = reach(lock, root, true);
  const notAsPeers = reach(lock, root, false);
  const packages = Object.entries(lock.packages).flatMap(([place, { peer: _peer, ...entry }]) => {
    if (!reached.has(place)) return [];
    return [[place, notAsPeers.has(place) ? entry : withPeer(entry)] as const];
  });
  return { ...lock, name, version, packages: { '': root, ...Object.fromEntries(packages) } };
}

/** Says that it is there only as somebody's peer, where npm would say so. */
function withPeer(entry: LockEntry): LockEntry {
  const isBefore = (key: string) => keysBeforePeer.has(key);
  return { ...pick(entry, isBefore), peer: true, ...pick(entry, (key) => !isBefore(key)) };
}

/** The places of all packages that the root needs, with or without what is needed as a peer only. */
function reach(lock: Lock, root: LockEntry, withPeers: boolean): Set<string> {
  const reached = new Set<string>();
  const waiting = needs(lock, '', root, withPeers);
  for (const place of waiting) {
    if (reached.has(place)) continue;
    reached.add(place);
    waiting.push(...needs(lock, place, lock.packages[place] as LockEntry, withPeers));
  }
  return reached;
}

/** Where the packages are that the one at `place` needs; some optional ones may not be there. */
function needs(lock: Lock, place: string, entry: LockEntry, withPeers: boolean): string[] {
  const { peerDependencies = {}, peerDependenciesMeta = {}, optionalDependencies = {} } = entry;
  const names = Object.keys({
    ...entry.dependencies,
    ...entry.devDependencies,
    ...(withPeers && peerDependencies),
    ...optionalDependencies,
  });
  return names.flatMap((name) => {
    const found = locate(lock, place, name);
    if (found !== undefined) return [found];
    if (name in optionalDependencies || peerDependenciesMeta[name]?.optional === true) return [];
    throw new Error(`package-lock.json has no ${name}, which ${place || 'package.json'} needs`);
  });
}

/** As Node looks for it: in the folder of the one that needs it, then in those above. */
function locate(lock: Lock, from: string, name: string): string | undefined {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (lock.packages[place] !== undefined) return place;
  if (from === '') return undefined;
  const above = from.lastIndexOf('/node_modules/');
  return locate(lock, above < 0 ? '' : from.slice(0, above), name);
}

function isCommand(name: string): boolean {
  return [...commands, ...moreCommands].includes(name);
}

function pick<T>(
  record: Readonly<Record<string, T>>,
  wanted: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => wanted(name)));
}
