/** A mapping as the API proposes it (docs/sources.md): its entries, their fields, and what each is made from. */
import type { Schemas } from '../../api/client';

export type Proposal = Schemas['proposal'];
export type SeenFile = Proposal['files'][number];
export type SeenColumn = SeenFile['columns'][number];
export type LedgerTable = Proposal['tables'][number];
export type Trial = Schemas['trial'];

/** A header, or more that is said of the field. */
type Made = string | { of?: string; sql?: string; constant?: string; lookup?: string };
export interface Entry {
  to: string;
  from?: string;
  columns?: Record<string, Made>;
  rows?: unknown[];
}
export interface Mapping {
  source: string;
  folder: string;
  tables: Record<string, { file: string }>;
  map: Entry[];
}

/** The column that a field is made from; null where a rule makes it. */
export const headerOf = (made: Made): string | null => (typeof made === 'string' ? made : (made.of ?? null));
export const ruleOf = (made: Made): string => (typeof made === 'string' ? '' : (made.sql ?? made.constant ?? ''));

/** The same field made from another column; what else was said of it stays. */
const remade = (made: Made, header: string): Made => (typeof made === 'string' ? header : { ...made, of: header });

const withEntry = (mapping: Mapping, at: number, entry: Entry): Mapping => ({
  ...mapping,
  map: mapping.map.map((one, i) => (i === at ? entry : one)),
});

/** `header` null: the field is left out. */
export function withField(mapping: Mapping, at: number, field: string, header: string | null): Mapping {
  const entry = mapping.map[at]!;
  const columns = { ...entry.columns };
  if (header === null) delete columns[field];
  else columns[field] = remade(columns[field] ?? header, header);
  return withEntry(mapping, at, { ...entry, columns });
}

export const without = (mapping: Mapping, at: number): Mapping => ({ ...mapping, map: mapping.map.filter((_, i) => i !== at) });

/** Another file, or the same once more, becomes another table: its first column is taken for the id until another is said. */
export function withNew(mapping: Mapping, file: SeenFile, table: string): Mapping {
  const known = Object.entries(mapping.tables).find(([, one]) => one.file === file.file)?.[0];
  const name = known ?? (file.file.replace(/\.\w+$/, '').replace(/\W+/g, '_') || 'file');
  const id = file.columns[0]?.column;
  return {
    ...mapping,
    tables: { ...mapping.tables, [name]: mapping.tables[name] ?? { file: file.file } },
    map: [...mapping.map, { to: table, from: name, columns: id ? { id } : {} }],
  };
}

/** The fields that a table has and an entry does not say. */
export const unsaid = (table: LedgerTable | undefined, entry: Entry) =>
  table?.fields.filter(({ field }) => !(field in (entry.columns ?? {}))) ?? [];

/** lost_reason: Lost reason. */
export const named = (field: string) => field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ');

/** The file that an entry is made from, as it was looked at. */
export function fileOf(proposal: Proposal, mapping: Mapping, entry: Entry): SeenFile | null {
  const name = entry.from ? mapping.tables[entry.from]?.file : undefined;
  return proposal.files.find((one) => one.file === name) ?? null;
}

export const isName = (name: string) => /^[a-z0-9][a-z0-9_-]{0,39}$/.test(name) && name !== 'put';

/** A file's name as it may be kept: what leads elsewhere or stands for other files is taken out. */
export const safeName = (name: string) =>
  name
    .replace(/[/\\*?[\]{}:"'<>|]/g, '-')
    .replace(/^\.+/, '')
    .slice(-100);
