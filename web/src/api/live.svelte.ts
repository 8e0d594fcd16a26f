/** What changed is told by the server (`GET /events`); what a page shows is asked anew then, and kept on the screen until it is there. */
import { BASE, get, send, type Problem, type Query } from './client';

class Live {
  /** Grows with each commit that concerns the reader. */
  commit = $state(0);
  connected = $state(true);
  private source: EventSource | null = null;

  open() {
    if (this.source) return;
    this.source = new EventSource(`${BASE}/events`);
    this.source.onopen = () => {
      if (!this.connected) this.commit += 1; // what came while nobody listened is in the next answer
      this.connected = true;
    };
    this.source.onerror = () => (this.connected = false);
    for (const name of ['change', 'reload', 'gap']) this.source.addEventListener(name, () => (this.commit += 1));
  }
}

export const live = new Live();

export interface Asked<T> {
  readonly value: T | null;
  readonly failed: Problem | null;
  /** The first answer is awaited: there is nothing to show yet. */
  readonly waiting: boolean;
  /** An answer to another question, or of an earlier commit, is shown meanwhile. */
  readonly stale: boolean;
  /** Asks once more: after something was changed of which no event tells. */
  again(): void;
}

/** What follows what it reads and the records: `load` is looked at again whenever one of them changes; null asks nothing. */
export function followed<T>(load: () => ((signal: AbortSignal) => Promise<T>) | null): Asked<T> {
  let value = $state.raw<T | null>(null);
  let failed = $state.raw<Problem | null>(null);
  let pending = $state(true);
  let times = $state(0);
  $effect(() => {
    const now = load();
    void live.commit;
    void times;
    if (!now) return;
    const end = new AbortController();
    pending = true;
    now(end.signal).then(
      (answer) => {
        if (!end.signal.aborted) ((value = answer), (failed = null), (pending = false));
      },
      (error) => {
        if (!end.signal.aborted) ((failed = error), (pending = false));
      },
    );
    return () => end.abort();
  });
  return {
    get value() {
      return value;
    },
    get failed() {
      return failed;
    },
    get waiting() {
      return pending && value === null && failed === null;
    },
    get stale() {
      return pending && value !== null;
    },
    again: () => void (times += 1),
  };
}

/** The answer to one question. One with a body is posted: several questions at once. */
export const asked = <T>(question: () => { path: string; query?: Query; body?: unknown } | null): Asked<T> =>
  followed<T>(() => {
    const now = question();
    if (!now) return null;
    const { path, query, body } = now;
    return (signal) => (body === undefined ? get<T>(path, query, signal) : send<T>('POST', path, body, signal));
  });
