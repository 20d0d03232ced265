/** The number of bytes of the requests that a node is handling, until it has answered them. */
import type { RequestMessage } from './frames';
import { sizeOf } from './reply-queue';

export class RequestBytes {
  private readonly most: number;
  private total = 0;
  /** By who asked and the id, under which a request may come more than once. */
  private readonly sizes = new Map<string, number[]>();

  constructor(most: number) {
    this.most = most;
  }

  /** False when that would be too much; alone, a request always has room. */
  add(from: string, { id, args }: RequestMessage): boolean {
    const sizeBytes = sizeOf(args);
    if (this.total > 0 && this.total + sizeBytes > this.most) return false;
    this.total += sizeBytes;
    const key = `${from} ${id}`;
    const sizes = this.sizes.get(key);
    if (sizes === undefined) this.sizes.set(key, [sizeBytes]);
    else sizes.push(sizeBytes);
    return true;
  }

  remove(from: string, id: number): void {
    const key = `${from} ${id}`;
    const sizes = this.sizes.get(key);
    this.total -= sizes?.shift() ?? 0;
    if (sizes?.length === 0) this.sizes.delete(key);
  }
}
