// The page of web/dist before the API of a server that was built with another one, or none: `node page_proxy.mjs BASE_URL`.
import { request as ask, createServer } from 'node:http';
import { sendPage } from './page_files.mjs';

const api = new URL(process.argv[2]);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, api);
  if (!pathname.startsWith('/api/')) return sendPage(request, response, pathname);
  const { hostname, port } = api;
  const { method, headers } = request;
  const asked = ask({ hostname, port, method, headers, path: request.url }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  // Who goes away no longer waits: the server is to know.
  response.on('close', () => asked.destroy());
  return request.pipe(asked);
});
server.listen(0, '127.0.0.1', () => console.log(`Medley listens on http://127.0.0.1:${server.address().port}`));
