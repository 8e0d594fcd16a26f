/** What was done is told at the foot of the page, and to who cannot see it; it goes when something else is told or a while has passed. */
class Told {
  words = $state<string | null>(null);
  /** What takes it back, if that can be. */
  undo = $state.raw<(() => void) | null>(null);
  private timer = 0;

  say(words: string, undo: (() => void) | null = null) {
    clearTimeout(this.timer);
    this.words = words;
    this.undo = undo;
    this.timer = window.setTimeout(() => this.close(), undo ? 10_000 : 5_000);
  }

  close() {
    this.words = null;
    this.undo = null;
  }
}

export const told = new Told();
