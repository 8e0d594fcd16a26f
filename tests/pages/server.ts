/** A server of a workspace, on a port of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Serving {
  url: string;
  end: () => Promise<void>;
}

export async function serve(folder: string, now: string, port = 0): Promise<Serving> {
  const environment = { ...process.env, ...(process.env.PRELOAD ? { LD_PRELOAD: process.env.PRELOAD } : {}) };
  const server = spawn(process.env.ATTAIN!, ['-C', folder, '--now', now, 'serve', '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
  return {
    url,
    async end() {
      if (server.exitCode !== null) return;
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}
