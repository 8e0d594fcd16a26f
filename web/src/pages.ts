/** The pages: one row and one folder each. */
import type { Component } from 'svelte';
import type { Me } from './api/client';
import type { Texts } from './text/en';

export interface PageProps {
  me: Me;
  /** What the address names: the KPI of /kpi/win_rate. */
  about: string | null;
}

export interface Page {
  name: keyof Texts['pages'];
  /** The first part of the address; what follows it is what the page is about. */
  at: string;
  /** Its sign in the navigation, a path in a box of 20; pages without one are reached from others. */
  sign?: string;
  /** Who finds it in the navigation; without it everybody. */
  may?: (me: Me) => boolean;
  load: () => Promise<{ default: Component<PageProps> | Component }>;
}

export const pages: Page[] = [
  {
    name: 'today',
    at: '/',
    sign: 'M10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.4 1.4M13.6 13.6 15 15M15 5l-1.4 1.4M6.4 13.6 5 15M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
    load: () => import('./pages/today/Page.svelte'),
  },
  {
    name: 'scorecard',
    at: '/scorecard',
    sign: 'M3 4h14v12H3ZM3 8h14M3 12h14M8 4v12M13 4v12',
    load: () => import('./pages/scorecard/Page.svelte'),
  },
  {
    name: 'funnel',
    at: '/funnel',
    sign: 'M3 4h14l-5.2 6.5V16l-3.6 1.5v-7Z',
    load: () => import('./pages/funnel/Page.svelte'),
  },
  {
    name: 'pipeline',
    at: '/pipeline',
    sign: 'M3 16V5h3v11M8 12V5h3v7M8 12h3M13 16v-6h4v6M2 16.5h16',
    load: () => import('./pages/pipeline/Page.svelte'),
  },
  {
    name: 'alerts',
    at: '/alerts',
    sign: 'M10 3a4.5 4.5 0 0 0-4.5 4.5c0 4-1.5 5-1.5 6h12c0-1-1.5-2-1.5-6A4.5 4.5 0 0 0 10 3ZM8.5 16a1.6 1.6 0 0 0 3 0',
    load: () => import('./pages/alerts/Page.svelte'),
  },
  {
    name: 'data',
    at: '/data',
    sign: 'M4 5.5C4 4.1 6.7 3 10 3s6 1.1 6 2.5S13.3 8 10 8 4 6.9 4 5.5ZM4 5.5v9C4 15.9 6.7 17 10 17s6-1.1 6-2.5v-9M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5',
    load: () => import('./pages/data/Page.svelte'),
  },
  {
    name: 'catalogue',
    at: '/catalogue',
    sign: 'M4 4h5a2 2 0 0 1 1 1.7A2 2 0 0 1 11 4h5v11h-5a1.5 1.5 0 0 0-1 .8 1.5 1.5 0 0 0-1-.8H4ZM10 5.7v10',
    load: () => import('./pages/catalogue/Page.svelte'),
  },
  { name: 'kpi', at: '/kpi', load: () => import('./pages/kpi/Page.svelte') },
  { name: 'person', at: '/person', load: () => import('./pages/person/Page.svelte') },
  { name: 'team', at: '/team', load: () => import('./pages/team/Page.svelte') },
];

export function pageOf(path: string): { page: Page; about: string | null } | null {
  const [, first = '', ...rest] = path.split('/');
  const page = pages.find((one) => one.at === `/${first}`);
  return page ? { page, about: rest.length ? decodeURIComponent(rest.join('/')) : null } : null;
}
