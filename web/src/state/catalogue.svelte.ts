/** The KPIs that the company has, fetched when one is first asked for: their titles and what they are made of, not their numbers. */
import { get, type Kpi, type Schemas } from '../api/client';

class Catalogue {
  private told = $state.raw<Schemas['kpis'] | null>(null);
  private isAsked = false;

  private get answer(): Schemas['kpis'] | null {
    if (!this.isAsked) {
      this.isAsked = true;
      get<Schemas['kpis']>('/kpis').then(
        (answer) => (this.told = answer),
        () => (this.isAsked = false),
      );
    }
    return this.told;
  }

  get kpis(): Kpi[] | null {
    return this.answer?.kpis ?? null;
  }

  get views(): NonNullable<Schemas['kpis']['views']> {
    return this.answer?.views ?? [];
  }

  find(name: string): Kpi | null {
    return this.kpis?.find((kpi) => kpi.name === name) ?? null;
  }

  /** How people call it; its name until that is known. */
  title(name: string): string {
    return this.find(name)?.title ?? name;
  }
}

export const catalogue = new Catalogue();
