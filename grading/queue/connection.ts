/** The connection to the queue. */
import { Redis } from 'ioredis';
import { messageOf } from '../../runtime/errors';

export const queueName = 'viewlab-grading';

/** The options of BullMQ for a Redis server. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: object;
  /** Workers wait for jobs as long as it takes. */
  readonly maxRetriesPerRequest: null;
}

/** How long to wait for an answer of the server, in milliseconds. */
const connectTimeoutMs = 5_000;

/** Throws an Error that says what is expected when `url` is no address of a Redis server. */
export function parseRedisUrl(url: string): RedisConnection {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isRedis = parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:';
  if (parsed === undefined || !isRedis || parsed.hostname === '') {
    throw new Error(`expected a queue like redis://host:6379, got ${JSON.stringify(url)}`);
  }
  const db = parsed.pathname.replace('/', '');
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 6379),
    ...(parsed.username && { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password && { password: decodeURIComponent(parsed.password) }),
    ...(db && { db: Number(db) }),
    ...(parsed.protocol === 'rediss:' && { tls: {} }),
    maxRetriesPerRequest: null,
  };
}

/** Makes sure that a Redis server answers there: the client would try for ever. */
export async function connectionTo(url: string): Promise<RedisConnection> {
  const connection = parseRedisUrl(url);
  const { host, port } = connection;
  const redis = new Redis({
    ...connection,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: 100,
    retryStrategy: () => null,
  });
  // Errors are told by the promises.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const why = messageOf(error);
    throw new Error(
      `no Redis answers at ${host}:${port} (${why}): start redis-server, or mend --queue`,
    );
  } finally {
    redis.disconnect();
  }
  return connection;
}
