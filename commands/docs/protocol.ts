/** docs/reference/protocol.md, from the contracts, the frames and the handshake. */
import { ownerOf } from '../../labtests/student-files';
import { PbService } from '../../pbservice/api';
import { PairService } from '../../pbservice/heartbeat-pair/api';
import { ReplicationService } from '../../pbservice/replication-api';
import { code, generatedNote, markdownTable, solution } from '../../runtime/markdown';
import type { MethodContract, Service } from '../../runtime/service';
import { encodeFrame, encodeRequest, encodeResponse } from '../../runtime/websocket/frames';
import { handshakeHeaders, refusalOf, subprotocol } from '../../runtime/websocket/handshake';
import { ViewService } from '../../viewservice/api';
import { type Field, fieldsOf } from './schema';

const services: readonly { readonly service: Service; readonly file: string }[] = [
  { service: ViewService, file: 'viewservice/api.ts' },
  { service: PbService, file: 'pbservice/api.ts' },
  { service: ReplicationService, file: 'pbservice/replication-api.ts' },
  { service: PairService, file: 'pbservice/heartbeat-pair/api.ts' },
];

export function protocolPage(): string {
  return `# Protocol

${generatedNote}

Nodes talk JSON over WebSocket. What they say is declared in contracts; this page is made of them.

${services.map(serviceSection).join('\n\n')}

${frames()}

${handshake()}
`;
}

function serviceSection({ service, file }: (typeof services)[number]): string {
  const methods = Object.entries(service.methods).map(([name, method]) =>
    methodSection(`${service.name}.${name}`, method),
  );
  const text = `## ${service.name}\n\n${service.doc} Declared in ${code(file)}.\n\n${methods.join('\n\n')}`;
  return ownerOf(file) === 'student' ? solution(text) : text;
}

function methodSection(name: string, { doc, args, reply }: MethodContract): string {
  const part = (title: string, fields: Field[]) => {
    if (fields.length === 0) return `${title}: ${code('{}')}`;
    const rows = fields.map((field) => [code(field.name), field.type, field.bounds, field.meaning]);
    return `${title}:\n\n${markdownTable(['name', 'type', 'bounds', 'meaning'], rows)}`;
  };
  const parts = [part('Arguments', fieldsOf(args)), part('Reply', fieldsOf(reply))];
  return `### ${name}\n\n${doc}\n\n${parts.join('\n\n')}`;
}

function frames(): string {
  const args = { server: '127.0.0.1:8001', viewnum: 0 };
  const request = encodeRequest({ id: 7, service: 'ViewService', method: 'ping', args });
  const view = { viewnum: 1, primary: '127.0.0.1:8001', backup: null };
  const reply = encodeResponse({ id: 7, result: { reply: view } });
  const error = { code: 'wrong-view', message: 'the message is for view 3' } as const;
  const refusal = encodeResponse({ id: 8, result: { error } });
  const complaint = { code: 'malformed', message: 'expected a frame of JSON, got hello' } as const;
  return `## Frames

A frame is a text message of the WebSocket: one JSON object, or a list of them. Messages that leave
in the same turn of the event loop share a frame. Binary frames and compression are not used.

A request has an integer \`id\`, the \`call\` (service, dot, method) and \`args\`:

${wire(request)}

Its response has the same \`id\` and either \`reply\` or \`error\`, with one of the codes of
[errors](../errors.md):

${wire(reply)}

${wire(refusal)}

Several in one frame:

${wire(encodeFrame([reply, refusal]))}

- Ids are unique among the requests of one connection that are under way. Responses come in any order.
- Fields that a contract does not have are ignored; a field that is missing or does not fit is
  \`malformed\`, and the connection stays.
- A frame that is none gets one last message, with \`id\` null, and the connection is closed with
  code 1007; one that is too large closes it with 1009. The largest sizes are among the
  [limits](limits.md).

${wire(encodeResponse({ id: null, result: { error: complaint } }))}

- Each side sends WebSocket pings, and cuts off a peer that is silent for two of them in a row.`;
}

function wire(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function handshake(): string {
  const token = 'sesame';
  const headers = handshakeHeaders({ from: '127.0.0.1:8001', token });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const good = { 'sec-websocket-protocol': subprotocol, authorization: `Bearer ${token}` };
  const refusals = [
    { when: 'it has an `Origin`', headers: { ...good, origin: 'http://example.com' } },
    { when: 'the subprotocol is not offered', headers: { ...good, 'sec-websocket-protocol': '' } },
    { when: 'the secret is missing or wrong', headers: { ...good, authorization: '' } },
  ].map(({ when, headers }) => {
    const refusal = refusalOf(headers, token);
    if (refusal === undefined) throw new Error(`expected the handshake to be refused: ${when}`);
    return [when, `${refusal.status}`, refusal.reason];
  });
  return `## Handshake

A client opens \`ws://HOST:PORT/\` with the subprotocol \`${subprotocol}\`, which names the version.
It says in a header who it is, for the log of the other side only, and shows the shared secret of the
cluster if there is one:

\`\`\`http
sec-websocket-protocol: ${subprotocol}
${lines.join('\n')}
\`\`\`

The handshake is refused with a plain HTTP response:

${markdownTable(['when', 'status', 'body'], refusals)}

Whoever does not finish the handshake in time, and whoever comes when there are as many connections as
a node takes, is cut off. A plain HTTP request is answered with 426.`;
}
