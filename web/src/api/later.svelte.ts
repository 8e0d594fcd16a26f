/** What takes long is asked to be answered later: how far it has come is told by its events, and it can be ended meanwhile. */
import { BASE, get, send, type Problem, type Schemas } from './client';

export type Piece = Schemas['piece'];

export class Later<T> {
  /** How far it has come; null before it began and once it has ended. */
  piece = $state.raw<Piece | null>(null);
  answer = $state.raw<T | null>(null);
  failed = $state.raw<Problem | null>(null);
  private events: EventSource | null = null;

  async start(path: string, body?: unknown): Promise<void> {
    this.close();
    this.answer = this.failed = null;
    try {
      const said = await send<T | Schemas['later']>('POST', path, body, undefined, { Prefer: 'respond-async' });
      if (isLater(said)) this.follow(said.work);
      else this.answer = said;
    } catch (error) {
      this.failed = error as Problem;
    }
  }

  async cancel(): Promise<void> {
    if (this.piece) await send('DELETE', `/work/${this.piece.work}`).catch(() => undefined);
  }

  close() {
    this.events?.close();
    this.events = null;
    this.piece = null;
  }

  private follow(work: number) {
    const events = (this.events = new EventSource(`${BASE}/work/${work}/events`));
    events.addEventListener('progress', (event) => (this.piece = JSON.parse(event.data) as Piece));
    events.addEventListener('end', () => {
      this.close();
      get<T>(`/work/${work}/answer`).then(
        (answer) => (this.answer = answer),
        (error) => (this.failed = error),
      );
    });
  }
}

const isLater = (said: unknown): said is Schemas['later'] => typeof said === 'object' && said !== null && 'work' in said && 'at' in said;
