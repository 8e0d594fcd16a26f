/** The HTTP API, and nothing else: what the pages know of the company comes through here. */
import type { components, paths } from './described';

export type Schemas = components['schemas'];
export type Me = Schemas['me'];
export type Card = Schemas['scorecard'];
export type CardRow = Card['rows'][number];
export type CardCell = CardRow['cells'][number];
export type Answer = Schemas['answer'];
export type Figure = Schemas['figure'];
export type Kpi = Schemas['kpis']['kpis'][number];
export type Span = Schemas['span'];

type Gettable = { [P in keyof paths]: paths[P] extends { get: unknown } ? P : never }[keyof paths];
export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** What the server says of a request that it did not answer (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
  ) {
    super(detail || title);
  }
}

export const BASE = '/api/v1';

/** The address of an answer: `null` and empty values are left out, lists become repeated parameters. */
export function address(path: string, query: Query = {}): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (Array.isArray(value)) for (const one of value) said.append(name, one);
    else if (value !== null && value !== undefined && value !== '' && value !== false) said.set(name, String(value));
  const text = said.toString();
  return BASE + path + (text ? `?${text}` : '');
}

let csrf: string | null = null;

/** The word that must go with whatever changes something; `GET /me` tells it. */
export function useCsrf(word: string | null) {
  csrf = word;
}

async function problemOf(response: Response): Promise<Problem> {
  const said = await response.json().catch(() => ({}));
  return new Problem(response.status, said.title ?? response.statusText, said.detail ?? '');
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(0, 'offline', '');
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await ask(address(path, query), { signal: signal ?? null, headers: { Accept: 'application/json' } })).json();
}

export async function send<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  more: Record<string, string> = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  if (csrf) headers['X-Attain-CSRF'] = csrf;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const response = await ask(BASE + path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  return response.status === 204 ? (undefined as T) : response.json();
}

/** A file as it is, kept under a path. */
export async function bring<T>(path: string, file: Blob, query?: Query): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Content-Type': file.type || 'application/octet-stream' };
  if (csrf) headers['X-Attain-CSRF'] = csrf;
  return (await ask(address(path, query), { method: 'PUT', headers, body: file })).json();
}

/** Paths of the description, so that one that is no longer there does not compile. */
export const path = <P extends Gettable>(of: P): P => of;
