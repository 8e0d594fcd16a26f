/** Light or dark: as the system has it, until somebody says otherwise. */
const system = matchMedia('(prefers-color-scheme: dark)');
const kept = localStorage.getItem('attain.theme');

class Theme {
  private said = $state<string | null>(kept);
  private system = $state(system.matches);
  readonly dark = $derived(this.said ? this.said === 'dark' : this.system);

  constructor() {
    if (kept) document.documentElement.dataset.theme = kept;
    system.addEventListener('change', () => (this.system = system.matches));
  }

  turn() {
    this.said = this.dark ? 'light' : 'dark';
    document.documentElement.dataset.theme = this.said;
    localStorage.setItem('attain.theme', this.said);
  }
}

export const theme = new Theme();
