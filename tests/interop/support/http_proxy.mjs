// An HTTP proxy in front of the server, of the kinds people really sit behind.
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class HttpProxy {
  constructor(owner) {
    this.websockets = true; // false: refuses to upgrade, as strict proxies do
    this.broken = false; // true: 502 to everything, as while the server behind it is being replaced
    this.refused = 0;
    this.sockets = new Set();
    this.server = createServer((from, to) => this.forward(from, to));
    this.server.on('upgrade', (from, client, head) => this.upgrade(from, client, head));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    });
    owner.after(() => {
      this.server.close();
      this.cut();
    });
  }

  async start(target_port) {
    this.target_port = target_port;
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address();
    this.http = `http://127.0.0.1:${port}`;
    this.ws = `ws://127.0.0.1:${port}`;
    return this;
  }

  cut() {
    this.sockets.forEach((socket) => socket.destroy());
  }

  forward(from, to) {
    if (this.broken) return this.refuse(to);
    const { method, url, headers } = from;
    const upstream = request({ port: this.target_port, host: '127.0.0.1', method, path: url, headers });
    upstream.on('response', (response) => {
      to.writeHead(response.statusCode, response.headers);
      response.on('error', () => to.destroy());
      response.pipe(to);
    });
    upstream.on('error', () => (to.headersSent ? to.destroy() : this.refuse(to)));
    to.on('close', () => upstream.destroy());
    from.pipe(upstream);
  }

  refuse(to) {
    this.refused++;
    to.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
  }

  upgrade({ method, url, rawHeaders }, client, head) {
    if (this.broken || !this.websockets) {
      this.refused++;
      return client.end(`HTTP/1.1 ${this.broken ? '502 Bad Gateway' : '403 Forbidden'}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    }
    const upstream = connect(this.target_port, '127.0.0.1', () => {
      let request_head = `${method} ${url} HTTP/1.1\r\n`;
      for (let i = 0; i < rawHeaders.length; i += 2) request_head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
      upstream.write(`${request_head}\r\n`);
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    for (const [one, other] of [[client, upstream], [upstream, client]]) one.on('error', () => {}).on('close', () => other.destroy());
  }
}

export const start_http_proxy = (owner, target_port) => new HttpProxy(owner).start(target_port);
