import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, startChild } from "./child.ts";
import { freePort, waitForPort } from "./ports.ts";
import type { Ground, Target } from "./targets.ts";

const PLACES = [
  "/usr/sbin/nginx",
  "/usr/local/sbin/nginx",
  "/usr/bin/nginx",
  "/usr/local/bin/nginx",
  "/opt/homebrew/bin/nginx",
];
const START_LIMIT_MS = 5_000;

/** Where nginx is installed, or undefined. */
export function nginxBinary(): string | undefined {
  return PLACES.find((file) => existsSync(file));
}

/** Its version, as "nginx/1.22.1"; undefined where it is not installed. */
export async function nginxVersion(): Promise<string | undefined> {
  const binary = nginxBinary();
  if (binary === undefined) return undefined;
  return /nginx\/[\d.]+/.exec((await runCommand([binary, "-v"])).stderr)?.[0];
}

/**
 * Starts nginx as a reverse proxy: one process, keep-alive on both sides, no access log. `buffered: false` is
 * how it must be set for events; whole answers keep its default, which suits it best.
 */
export async function startNginx(ground: Ground, { buffered }: { buffered: boolean }): Promise<Target> {
  const binary = nginxBinary();
  if (binary === undefined)
    throw new Error("nginx is not installed; install it, or leave nginx out of --targets.");
  const folder = mkdtempSync(join(ground.folder, "nginx-"));
  const port = freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    configuration({
      folder,
      port,
      upstreamPort: ground.upstream.port,
      buffered,
    }),
  );
  const child = startChild({
    command: [binary, "-c", file, "-e", join(folder, "error.log")],
    env: {},
    core: ground.cores.target,
  });
  let running = true;
  child.exited.then(() => {
    running = false;
  });
  if (!(await waitForPort(port, START_LIMIT_MS, () => running))) {
    await child.stop();
    throw new Error(`nginx did not start:\n${child.lines().join("\n")}`);
  }
  return {
    name: "nginx",
    port,
    pid: child.pid,
    keysFile: undefined,
    stop: child.stop,
  };
}

type Wiring = {
  folder: string;
  port: number;
  upstreamPort: number;
  buffered: boolean;
};

function configuration({ folder, port, upstreamPort, buffered }: Wiring): string {
  return `
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_body_buffer_size 64k;
  keepalive_timeout 3600s;
  keepalive_requests 1000000000;
  upstream fake {
    server 127.0.0.1:${upstreamPort};
    keepalive 256;
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://fake;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 3600s;
      proxy_buffering ${buffered ? "on" : "off"};
    }
  }
}
`;
}
