/** Where the reader is: page, what it is about, and period, comparison and filters, all in the address, so that a link shows what its sender saw. */

class Place {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));

  constructor() {
    addEventListener('popstate', () => this.read());
    addEventListener('click', (event) => this.follow(event));
  }

  private read() {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  get(name: string): string | null {
    return this.query.get(name);
  }

  /** The address of a page with the reader's period and comparison, and what else is said. */
  link(path: string, said: Record<string, string | null> = {}): string {
    const query = new URLSearchParams();
    for (const kept of ['period', 'compare']) {
      const value = this.query.get(kept);
      if (value) query.set(kept, value);
    }
    for (const [name, value] of Object.entries(said))
      if (value) query.set(name, value);
      else query.delete(name);
    const text = query.toString();
    return path + (text ? `?${text}` : '');
  }

  go(url: string) {
    history.pushState(null, '', url);
    this.read();
    scrollTo(0, 0);
  }

  /** Says something of this page anew, without a new entry in the history for each key that is pressed. */
  say(said: Record<string, string | null>) {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(said))
      if (value) query.set(name, value);
      else query.delete(name);
    const text = query.toString();
    history.replaceState(null, '', this.path + (text ? `?${text}` : ''));
    this.query = query;
  }

  private follow(event: MouseEvent) {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute('download') || link.dataset.outside !== undefined) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const place = new Place();
