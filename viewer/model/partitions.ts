/** Partitions: the times in which links were cut. */
import type { TraceEvent } from '../../runtime/trace';
import type { Span } from './search';

export interface PartitionSpan extends Span {
  /** `s1 | s2 vs` if the nodes fall apart, else the links: `s1 > s2`, `s1 | s2` in both directions. */
  readonly label: string;
}

/** The times in which some link was cut, each with the same links cut from beginning to end. */
export function partitionsOf(events: readonly TraceEvent[], endMs: number): PartitionSpan[] {
  const partitions: PartitionSpan[] = [];
  const cut = new Map<string, readonly [from: string, to: string]>();
  let fromMs = 0;
  const close = (toMs: number) => {
    // Links that are cut at the same moment are one partition.
    if (cut.size > 0 && toMs > fromMs) {
      partitions.push({ fromMs, toMs, label: labelOf([...cut.values()]) });
    }
    fromMs = toMs;
  };
  for (const event of events) {
    if (event.type !== 'cut' && event.type !== 'mend') continue;
    const { t, node, to } = event;
    close(t);
    if (event.type === 'cut') cut.set(`${node} ${to}`, [node, to]);
    else cut.delete(`${node} ${to}`);
  }
  close(endMs);
  return partitions;
}

const mostLinks = 4;

function labelOf(links: readonly (readonly [from: string, to: string])[]): string {
  const isCut = (a: string, b: string) => links.some(([from, to]) => from === a && to === b);
  const nodes = [...new Set(links.flat())].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const isWhole = links.every(([from, to]) => isCut(to, from));
  const groups = isWhole ? componentsOf(nodes, (a, b) => !isCut(a, b)) : [];
  if (groups.length > 1) return groups.map((group) => group.join(' ')).join(' | ');
  const pairs = links
    .filter(([from, to]) => from < to || !isCut(to, from))
    .map(([from, to]) => `${from} ${isCut(to, from) ? '|' : '>'} ${to}`);
  const shown = pairs.slice(0, mostLinks);
  const more = pairs.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Groups of nodes that reach each other. */
function componentsOf(
  nodes: readonly string[],
  areLinked: (a: string, b: string) => boolean,
): string[][] {
  const left = new Set(nodes);
  const groups: string[][] = [];
  for (const first of nodes) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (const node of group) {
      for (const other of left) {
        if (!areLinked(node, other)) continue;
        left.delete(other);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}
