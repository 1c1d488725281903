// Serves web/dist with the headers of the server. Never shipped.
import { readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));
const mimes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const policy =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function sendBytes(request, response, bytes, mime, cache) {
  const headers = {
    'Content-Type': mime,
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': cache,
    'Accept-Ranges': 'bytes',
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) return response.writeHead(200, { ...headers, 'Content-Length': bytes.length }).end(bytes);
  const start = Number(range[1]);
  const end = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1);
  response.writeHead(206, {
    ...headers,
    'Content-Range': `bytes ${start}-${end}/${bytes.length}`,
    'Content-Length': end - start + 1,
  });
  return response.end(bytes.subarray(start, end + 1));
}

export function sendPage(request, response, name) {
  const path = join(dist, normalize(name === '/' ? '/index.html' : name));
  try {
    if (path.startsWith(dist) && statSync(path).isFile())
      return sendBytes(
        request,
        response,
        readFileSync(path),
        mimes[extname(path)] ?? 'application/octet-stream',
        'no-cache',
      );
  } catch {}
  return response.writeHead(404).end();
}
