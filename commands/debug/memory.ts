/** The memory of a node as people think of it: tables of what is alike, with what the last step changed. */
import { describeOperation } from '../../judging/recorder';
import { plainLine } from '../../report/plain-text';
import type { Json } from '../../runtime/node';
import type { ShownField, ShownTable } from '../../viewer/debug/debugging';
import { inWords } from '../../viewer/model/describe';
import type { NodeView } from '../../worlds/explored/world-view';

/** Of a field in words, in UTF-16 code units; of a cell of a table. */
const longestValue = 400;
const longestCell = 200;
const maxFields = 60;
const maxColumns = 6;
const maxRows = 20;
/** A list of records of several kinds says with this field which of them one is. */
const kindField = 'of';

type Remembered = Pick<NodeView, 'inspected' | 'operation'>;
type JsonRecord = { readonly [name: string]: Json };

/** The fields of a node; `earlier`: the node before the last step. At the beginning there is none, and nothing is new. */
export function memoryOf(node: Remembered, earlier = node): ShownField[] {
  const before = new Map(fieldsOf(earlier));
  const fields = fieldsOf(node).map(([name, value]) => {
    const known = before.get(name);
    return {
      name: plainLine(name, 60),
      value: plainLine(inWords(value), longestValue),
      isChanged: JSON.stringify(known) !== JSON.stringify(value),
      tables: tablesOf(value, known ?? null),
    };
  });
  return [...operationOf(node, earlier), ...fields];
}

/** What a client has asked. */
function operationOf({ operation }: Remembered, earlier: Remembered): ShownField[] {
  if (operation === null) return [];
  const value = plainLine(describeOperation(operation), longestValue);
  const isChanged = JSON.stringify(earlier.operation) !== JSON.stringify(operation);
  return [{ name: 'operation', value, isChanged, tables: [] }];
}

function fieldsOf({ inspected }: Remembered): [string, Json][] {
  if (isRecord(inspected)) return Object.entries(inspected).slice(0, maxFields);
  return inspected === null ? [] : [['state', inspected]];
}

/** One table for each kind of record in a list; none where a value is no list of small records. */
function tablesOf(value: Json, before: Json): ShownTable[] {
  const records = recordsIn(value);
  if (records === undefined) return [];
  const known = new Set(recordsIn(before)?.map((record) => JSON.stringify(record)));
  const kinds = [...new Set(records.map(kindOf))];
  const tables = kinds.map((kind) => {
    const all = records.filter((record) => kindOf(record) === kind);
    const columns = columnsOf(all);
    const rows = all.slice(0, maxRows).map((record) => ({
      cells: columns.map((column) => cellOf(record[column])),
      isChanged: !known.has(JSON.stringify(record)),
    }));
    return { name: kind, columns, rows, more: all.length - rows.length };
  });
  return tables.every(({ columns }) => columns.length <= maxColumns) ? tables : [];
}

function recordsIn(value: Json): readonly JsonRecord[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? value : undefined;
}

function kindOf(record: JsonRecord): string {
  const kind = record[kindField];
  return typeof kind === 'string' ? plainLine(kind, 60) : '';
}

/** The names of what any of these has; what is null in all of them tells nothing. */
function columnsOf(records: readonly JsonRecord[]): string[] {
  const columns = new Set<string>();
  for (const record of records) {
    const isKind = typeof record[kindField] === 'string';
    for (const [name, value] of Object.entries(record)) {
      if (value !== null && !(isKind && name === kindField)) columns.add(name);
    }
  }
  return [...columns];
}

/** A text stands as it is, unless nobody would see it. */
function cellOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  const isPlain = typeof value === 'string' && value.trim() !== '';
  return plainLine(isPlain ? value : inWords(value), longestCell);
}

function isRecord(value: Json): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
