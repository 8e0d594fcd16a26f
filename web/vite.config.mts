import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

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
      ['/api', '/welcome', '/sign-in'].map((path) => [path, { target: process.env.ATTAIN ?? 'http://127.0.0.1:8080', changeOrigin: true }]),
    ),
  },
});
