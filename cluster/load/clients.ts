/** The clients of the prompt: the usual one, and those that stand beside a member. */
import type { Clerk } from '../../client/clerk';
import { type ClientConnection, openConnection, type WhomToAsk } from '../../client/connection';

export class Clients {
  private readonly ask: (name: string) => WhomToAsk;
  private readonly connections = new Map<string, Promise<ClientConnection>>();

  /** `ask`: whom a client of this name asks who is primary. */
  constructor(ask: (name: string) => WhomToAsk) {
    this.ask = ask;
  }

  /** Always the same one for the same name, made when it is first asked for. */
  async clerk(name: string): Promise<Clerk> {
    let connection = this.connections.get(name);
    if (connection === undefined) {
      connection = this.open(name);
      this.connections.set(name, connection);
    }
    return (await connection).clerk;
  }

  /** One more client of this name, for whoever closes it again. */
  open(name: string): Promise<ClientConnection> {
    return openConnection({ ask: this.ask(name), name, token: undefined });
  }

  async close(): Promise<void> {
    for (const connection of this.connections.values()) await (await connection).close();
  }
}
