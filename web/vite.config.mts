import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const server = process.env.ATTAIN ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the server's policy lets nothing come from data: addresses
  },
  server: {
    fs: { strict: false },
    proxy: Object.fromEntries(
      // What changes something must come from the server's own address, as it does once the pages are in the program.
      ['/api', '/welcome', '/sign-in'].map((path) => [path, { target: server, changeOrigin: true, headers: { origin: server } }]),
    ),
  },
});
