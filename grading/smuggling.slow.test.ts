/**
 * Replicas that send their backup nothing, and have somebody else keep the state for them: the view
 * service, in what a ping can say and what can be answered to it; a client, which brings along what it
 * wrote; a server that is deposed. None of that passes for replication.
 */

import type { Failure } from '../judging/failure';
import { solutionFiles, writeSolution } from '../labtests/broken-solutions/broken-solution';
import { allScenarios } from '../labtests/catalogue';
import { Solution } from '../nodes/sandbox/sandbox';
import { runScenario } from '../suite/run/run-scenario';

jest.setTimeout(600_000);

/** Where a replica keeps its state. Code of a student, in parts. */
interface Channel {
  /** Of PbServer: `save(text: string)` and `load(): Promise<string>`, both async. */
  readonly replica: string;
  /** At the beginning of ViewServer.ping; returns what is not about views. */
  readonly viewService?: string;
  /** Of a clerk: what it sends in the place of `request.operation`. */
  readonly operation?: string;
}

/** A replica that applies operations alone, and answers when its state is saved somewhere. */
const replicaWith = ({ replica }: Channel) => `
  import { RpcError } from '../runtime/errors';
  import { noView, ViewService } from '../viewservice/api';
  import { PbService } from './api';
  import { StateMachine } from './state-machine';
  export const defaultPbServerOptions = { pingIntervalMs: 100 };
  export class PbServer {
    view: any = noView; known = 0; dump = ''; state = new StateMachine(); vs: any; others = new Set<string>();
    constructor(readonly runtime: any, { viewService }: any) {
      this.vs = runtime.connect(ViewService, viewService);
    }
    async start() { await this.tick(); }
    async tick() {
      const ping = { server: this.runtime.address, viewnum: this.known };
      try { await this.enter(await this.vs.ping(ping)); } catch {}
    }
    inspect() { return {}; }
    get isPrimary() { return this.view.primary === this.runtime.address; }
    async enter(view: any) {
      if (view.viewnum <= this.view.viewnum) return;
      const wasPrimary = this.isPrimary;
      this.view = view;
      for (const name of [view.primary, view.backup]) if (name) this.others.add(name);
      if (this.isPrimary && !wasPrimary && view.viewnum > 1) {
        const text = await this.load().catch(() => '');
        this.state.restore(text === '' ? [] : JSON.parse(text));
      }
      this.known = view.viewnum;
    }
    async operate(request: any) {
      if (request.operation.key === 'dump') return { value: this.dump };
      if (!this.isPrimary || this.known !== this.view.viewnum) throw new RpcError('not-primary', '');
      let outcome: any;
      for (const one of this.unpacked(request)) outcome = this.state.apply(one);
      this.dump = JSON.stringify([...this.state.entries()]);
      await this.save(this.dump);
      if ('error' in outcome) throw new RpcError(outcome.error.code, outcome.error.message);
      return outcome.result;
    }
    unpacked(request: any): any[] {
      const { key } = request.operation;
      if (!key.startsWith('[')) return [request];
      return JSON.parse(key).map((one: any) => ({ ...one, client: request.client }));
    }
    forward() { return {}; }
    transfer() { return {}; }
    ${replica}
  }`;

/** The rules are kept, but for what is said besides. */
const viewServiceWith = ({ viewService = '' }: Channel) => `
  import { RpcError } from '../runtime/errors';
  import * as rules from './rules';
  export const defaultViewServerOptions = { pingIntervalMs: 100, deadPings: 5 };
  export class ViewServer {
    state: any = rules.initialState; kept: string[] = [];
    constructor(readonly runtime: any, readonly options: any) { void RpcError; }
    ping({ server, viewnum }: any) {
      ${viewService}
      this.state = rules.ping(this.state, server, viewnum, this.options.deadPings);
      return this.state.view;
    }
    get() { return this.state.view; }
    tick() { this.state = rules.tick(this.state, this.options.deadPings); }
    inspect() { return {}; }
  }`;

const saveInNames = `async save(text: string) {
  const pieces = text.match(/[^]{1,200}/g) ?? [];
  for (const [i, piece] of [...pieces, '.'].entries())
    await this.vs.ping({ server: '!' + i + ':' + piece, viewnum: 0 });
}`;
const keepNames = `if (server[0] === '!') {
  const at = server.indexOf(':');
  this.kept[Number(server.slice(1, at))] = server.slice(at + 1);
  return this.state.view;
}`;
const nothing = 'async save() {}';

interface Attack extends Channel {
  readonly fails: readonly string[];
  /** What it passes, as nothing in it tells these replicas from others. */
  readonly works?: readonly string[];
}

const channels: Readonly<Record<string, Attack>> = {
  'the view service, in the names of servers': {
    replica: `${saveInNames}
      async load() {
        let text = '';
        for (let i = 0; ; i += 1) {
          const { primary } = await this.vs.ping({ server: '?' + i, viewnum: 0 });
          if (primary === '.') return text;
          text += primary;
        }
      }`,
    viewService: `${keepNames}
      if (server[0] === '?')
        return { viewnum: 1, primary: this.kept[Number(server.slice(1))] ?? '.', backup: null };`,
    fails: ['B4', 'B9c', 'B13', 'B28'],
  },
  'the view service, in the numbers of views': {
    replica: `async save(text: string) {
        for (const [i, letter] of [...(text + '\\0')].entries()) {
          const viewnum = 2 ** 40 + i * 2 ** 16 + letter.charCodeAt(0);
          await this.vs.ping({ server: this.runtime.address, viewnum });
        }
      }
      async load() {
        let text = '';
        for (let i = 0; ; i += 1) {
          const { viewnum } = await this.vs.ping({ server: this.runtime.address, viewnum: 2 ** 50 + i });
          if (viewnum === 0) return text;
          text += String.fromCharCode(viewnum);
        }
      }`,
    viewService: `if (viewnum >= 2 ** 50)
        return { viewnum: Number(this.kept[viewnum - 2 ** 50] ?? 0), primary: null, backup: null };
      if (viewnum >= 2 ** 40) {
        this.kept[Math.floor((viewnum - 2 ** 40) / 2 ** 16)] = String(viewnum % 2 ** 16);
        return this.state.view;
      }`,
    fails: ['B4', 'B9c', 'B13', 'B28'],
  },
  'the view service, in the words of errors': {
    replica: `${saveInNames}
      async load() {
        try { await this.vs.ping({ server: '?', viewnum: 0 }); } catch (error: any) {
          return error.message.slice(error.message.indexOf('['));
        }
        return '';
      }`,
    viewService: `${keepNames}
      if (server === '?')
        throw new RpcError('rejected', this.kept.slice(0, this.kept.indexOf('.')).join(''));`,
    fails: ['B4', 'B9c', 'B13', 'B28'],
  },
  'clients, which bring along what they have written': {
    replica: `${nothing}
      async load() { return ''; }`,
    operation: `this.packed(request.seq, request.operation)`,
    fails: ['B13', 'B28'],
    works: ['B6', 'B9b'],
  },
  'whoever else lives': {
    replica: `${nothing}
      async load() {
        const request = { client: 'x', seq: 1, operation: { op: 'get', key: 'dump' } };
        for (const name of this.others) {
          if (name === this.runtime.address) continue;
          try {
            const { value } = await this.runtime.connect(PbService, name).operate(request as any);
            if (value) return value;
          } catch {}
        }
        return '';
      }`,
    fails: ['B4', 'B28'],
    works: ['B35a', 'B13'],
  },
};

function solutionWith(channel: Channel) {
  const files = solutionFiles();
  files.set('pbservice/server.ts', replicaWith(channel));
  files.set('viewservice/server.ts', viewServiceWith(channel));
  if (channel.operation !== undefined) {
    const clerk = files.get('client/clerk.ts') as string;
    const send = '.operate(request, limit)';
    expect(clerk).toContain(send);
    const packed = `history: any[] = [];
      packed(seq: number, operation: any): any {
        if (this.history.at(-1)?.seq !== seq) this.history.push({ seq, operation });
        return { op: 'put', key: JSON.stringify(this.history), value: '' };
      }
      constructor(`;
    files.set(
      'client/clerk.ts',
      clerk
        .replace(send, `.operate({ ...request, operation: ${channel.operation} }, limit)`)
        .replace('constructor(', packed),
    );
  }
  return writeSolution(files);
}

async function failuresOf(root: string, ids: readonly string[]): Promise<(Failure | null)[]> {
  const solution = new Solution(root);
  const failures: (Failure | null)[] = [];
  for (const id of ids) {
    const scenario = allScenarios().find((one) => one.id === id);
    if (scenario === undefined) throw new Error(`there is no ${id}`);
    const { failure } = await runScenario(scenario, { seed: 1, solution, tracing: false });
    failures.push(failure);
  }
  return failures;
}

test.each(Object.entries(channels))('%s', async (_where, { fails, works = [], ...channel }) => {
  const { root, remove } = solutionWith(channel);
  try {
    const failures = await failuresOf(root, fails);
    expect(failures.map((failure, i) => [fails[i], failure?.kind])).toEqual(
      fails.map((id) => [id, expect.stringMatching(/^(expectation|not linearizable|stuck)$/)]),
    );
    // What fails is not that it does not work at all.
    expect(await failuresOf(root, works)).toEqual(works.map(() => null));
  } finally {
    remove();
  }
});
