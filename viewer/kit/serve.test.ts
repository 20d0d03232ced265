/** Access to a page that is served on this machine. */
import { type IncomingMessage, request } from 'node:http';
import { type LocalPage, servePage } from './serve';

let page: LocalPage;
let asked: unknown[];

beforeEach(async () => {
  asked = [];
  page = await servePage({
    port: 0,
    html: () => '<p>the page</p>',
    answer: async (what) => {
      asked.push(what);
      if (what === 'fail') throw new Error('it failed');
      return { what };
    },
  });
});
afterEach(() => page.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send({ method = 'GET', path = '/', headers = {}, body = '' }: Sent) {
  const { hostname, port } = new URL(page.url);
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const token = () => new URL(page.url).searchParams.get('token') ?? '';
const ask = (body: string, headers: Readonly<Record<string, string>> = { 'x-token': token() }) =>
  send({ method: 'POST', path: '/ask', headers, body });

test('the link shows the page, and the page gets its answers', async () => {
  expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{32}$/);
  expect(await send({ path: `/?token=${token()}` })).toEqual({
    status: 200,
    text: '<p>the page</p>',
  });
  expect(await ask('"a"')).toEqual({ status: 200, text: '{"what":"a"}' });
  const origin = new URL(page.url).origin;
  expect(await ask('"b"', { 'x-token': token(), origin })).toMatchObject({ status: 200 });
  expect(asked).toEqual(['a', 'b']);
});

test.each([
  ['no token', () => send({ path: '/' })],
  ['a wrong token', () => send({ path: `/?token=${'0'.repeat(32)}` })],
  [
    'a name of somebody else',
    () => send({ path: `/?token=${token()}`, headers: { host: 'evil.example:80' } }),
  ],
  [
    'a page of somebody else',
    () => ask('"a"', { 'x-token': token(), origin: 'http://evil.example' }),
  ],
  ['a page without an origin', () => ask('"a"', { 'x-token': token(), origin: 'null' })],
] as const)('%s: refused', async (_, sent) => {
  expect((await sent()).status).toBe(403);
  expect(asked).toEqual([]);
});

test('a form of another page has no header for the token', async () => {
  const path = `/ask?token=${token()}`;
  expect((await send({ method: 'POST', path, body: '"a"' })).status).toBe(404);
  expect(asked).toEqual([]);
});

test('what is too long, no JSON, or fails is answered with a reason', async () => {
  expect(await ask('{')).toEqual({ status: 400, text: '{"error":"expected JSON"}' });
  expect((await ask(`"${'a'.repeat(300_000)}"`)).status).toBe(413);
  expect(await ask('"fail"')).toEqual({ status: 500, text: '{"error":"it failed"}' });
});

test('who listens is told', async () => {
  const response = await fetch(`${new URL(page.url).origin}/events?token=${token()}`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read();
  page.tell({ n: 1 });
  expect((await reader?.read())?.value).toBe('data: {"n":1}\n\n');
  await reader?.cancel();
});

test('what is told when the page has closed is told to nobody', async () => {
  const { hostname, port } = new URL(page.url);
  const path = `/events?token=${token()}`;
  const heard = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, path }, resolve).on('error', reject).end();
  });
  const ended = new Promise((resolve) => heard.on('close', resolve).resume());
  const closed = page.close();
  page.tell({ late: true });
  await closed;
  await ended;
});
