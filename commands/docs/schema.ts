/** Flattens a schema into the rows of a table: one for each field, `a.b` within `a`, `a[].b` in lists. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { grouped } from '../../runtime/markdown';

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly bounds: string;
  readonly meaning: string;
}

type JsonSchema = ReturnType<typeof toJsonSchema>;

export function fieldsOf(schema: GenericSchema): Field[] {
  const json = toJsonSchema(schema);
  const fields = inside('', json);
  return json.type === 'object' ? fields : [field('(the value itself)', json), ...fields];
}

/** The fields within a schema, each with a name that begins with `prefix`. */
function inside(prefix: string, schema: JsonSchema): Field[] {
  if (isSchema(schema.items)) return inside(`${prefix}[]`, schema.items);
  if (schema.oneOf !== undefined) return insideForms(prefix, schema.oneOf.filter(isSchema));
  const dotted = prefix === '' ? '' : `${prefix}.`;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    const optional = schema.required?.includes(name) ? '' : 'optional';
    return [field(`${dotted}${name}`, property, optional), ...inside(dotted + name, property)];
  });
}

/** A value of several forms, told apart by a field that is another word in each. */
function insideForms(prefix: string, forms: JsonSchema[]): Field[] {
  const tag = Object.keys(forms[0]?.properties ?? {})[0] ?? '';
  const wordOf = (form: JsonSchema) =>
    JSON.stringify((form.properties?.[tag] as JsonSchema | undefined)?.const);
  const words = forms.map(wordOf);
  const first: Field = {
    name: `${prefix}.${tag}`,
    type: words.join(' or '),
    bounds: '',
    meaning: 'Which form it has.',
  };
  const rest = new Map<string, { field: Field; words: string[] }>();
  for (const form of forms) {
    for (const found of inside(prefix, form).filter(({ name }) => name !== first.name)) {
      const key = JSON.stringify(found);
      const known = rest.get(key) ?? { field: found, words: [] };
      known.words.push(wordOf(form));
      rest.set(key, known);
    }
  }
  const rows = [...rest.values()].map((entry) => {
    if (entry.words.length === forms.length) return entry.field;
    const when = `only with ${tag} ${entry.words.join(', ')}`;
    return { ...entry.field, bounds: joined([entry.field.bounds, when]) };
  });
  return [first, ...rows];
}

function field(name: string, schema: JsonSchema, note = ''): Field {
  const { description } = schema;
  const meaning = description ?? alternatives(schema).find((one) => one.description)?.description;
  return {
    name,
    type: typeOf(schema),
    bounds: joined([...boundsOf(schema), note]),
    meaning: meaning ?? '',
  };
}

function typeOf(schema: JsonSchema): string {
  const words = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  if (words.length > 0) return words.map((word) => JSON.stringify(word)).join(' or ');
  if (schema.anyOf !== undefined) return alternatives(schema).map(typeOf).join(' or ');
  if (schema.oneOf !== undefined) return `object, of ${schema.oneOf.length} forms`;
  if (isSchema(schema.items)) return `list of ${typeOf(schema.items).replace(/^\w+/, '$&s')}`;
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' or ');
  return String(schema.type ?? 'value');
}

function boundsOf(schema: JsonSchema): string[] {
  const bounds: string[] = [];
  for (const one of [schema, ...alternatives(schema)]) {
    const { minLength, maxLength, minItems, maxItems, minimum, maximum } = one;
    if (maxItems !== undefined) bounds.push(`${minItems ?? 0} to ${grouped(maxItems)} of them`);
    if (maxLength !== undefined) bounds.push(`${minLength ?? 0} to ${grouped(maxLength)} long`);
    if (minimum === undefined) continue;
    const open = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
    bounds.push(open ? `from ${minimum}` : `${minimum} to ${grouped(maximum)}`);
  }
  return bounds;
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return (schema.anyOf ?? []).filter(isSchema);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
