/**
 * The queue on a real Redis server, with workers in processes of their own, as they run in a course.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../../arbiter/local/server-process';
import { studentFilesIn } from '../../labtests/student-files';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { endPrograms, startProgram } from '../../runtime/terminal/programs.testing';
import { jobOf } from '../job';
import { connectionTo, parseRedisUrl } from './connection';
import { GradeQueue } from './queue';

const root = path.join(__dirname, '../..');
/** A worker is missed after ten seconds, and the machine may be busy. */
const slowMs = 180_000;

const isThere = spawnSync('redis-server', ['--version']).error === undefined;
if (process.env.CI === 'true') {
  test('redis-server is there, as CI asks', () => expect(isThere).toBe(true));
}
const withRedis = isThere ? describe : describe.skip;

withRedis('with redis-server (Debian: apt install redis-server)', () => {
  let folder: string;
  let redis: ChildProcess;
  let url: string;

  beforeEach(async () => {
    folder = temporaryFolder('viewlab-redis-');
    const [port] = await freePorts(1);
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    redis = spawn('redis-server', settings, { stdio: 'ignore' });
    url = `redis://127.0.0.1:${port}`;
    for (let i = 0; i < 200; i += 1) {
      const isUp = await connectionTo(url).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('redis-server did not start');
  }, slowMs);

  afterEach(async () => {
    await endPrograms();
    const gone = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }, slowMs);

  test(
    'two workers, one killed with -9: every hand-in is graded, and counted once',
    async () => {
      const files = new Map(
        studentFilesIn(root).map((file) => [file, readFileSync(path.join(root, file))] as const),
      );
      const settings = { parts: ['A', 'B'] as const, freshFrom: 7, only: ['A1', 'B1a', 'B2'] };
      const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
      const workers = [1, 2].map(() =>
        startProgram('scripts/grade-worker', ['--queue', url, '--jobs', '1']),
      );
      const queue = await GradeQueue.connect(url);
      try {
        const asked = names.map((name) => {
          const job = jobOf(name, files, settings);
          return queue.gradeOne({ job, digest: `d-${name}`, traces: '' }, () => undefined);
        });
        const [first] = workers;
        await first?.until(/begins \w+/);
        first?.child.kill('SIGKILL');
        const reports = await Promise.all(asked);
        expect(reports.map(({ handIn }) => handIn)).toEqual(names);
        for (const { score, maxScore } of reports) expect(score).toBe(maxScore);
        // Asked again, it is the same job: the report comes at once, and nothing is graded again.
        const begun = workers[1]?.stdout().match(/begins/g)?.length;
        const job = jobOf('alice', files, settings);
        const again = await queue.gradeOne({ job, digest: 'd-alice', traces: '' }, () => undefined);
        expect(again).toEqual(reports[0]);
        expect(workers[1]?.stdout().match(/begins/g)?.length).toBe(begun);
      } finally {
        await queue.close();
      }
    },
    slowMs,
  );

  test(
    'a hand-in that a worker cannot grade is an error, and another version of the framework is one',
    async () => {
      const worker = startProgram('scripts/grade-worker', ['--queue', url, '--jobs', '1']);
      await worker.until(/takes up to 1 hand-ins/);
      const queue = await GradeQueue.connect(url);
      try {
        const job = jobOf('alice', new Map(), { parts: ['A'], freshFrom: 7 });
        const request = { job: { ...job, framework: 'older' }, digest: 'd', traces: '' };
        await expect(queue.gradeOne(request, () => undefined)).rejects.toThrow(
          'this worker has another version of the framework than the one who asks',
        );
      } finally {
        await queue.close();
      }
    },
    slowMs,
  );
});

test('an address without a Redis server is an error that says what to do', async () => {
  const url = `redis://127.0.0.1:${(await freePorts(1))[0]}`;
  await expect(GradeQueue.connect(url)).rejects.toThrow(
    /no Redis answers at 127.0.0.1:\d+ \(.*\): start redis-server, or mend --queue/,
  );
});

test('the address of a queue', () => {
  expect(parseRedisUrl('redis://:s%40cret@[::1]/2')).toMatchObject({
    ...{ host: '::1', port: 6379, password: 's@cret', db: 2 },
  });
  for (const url of ['localhost:6379', 'http://localhost', '']) {
    expect(() => parseRedisUrl(url)).toThrow('expected a queue like redis://host:6379, got ');
  }
});
