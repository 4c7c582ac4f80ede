// A network between client and server that a test can cut.
import { connect, createServer } from 'node:net';
import { Transform } from 'node:stream';

export class TcpProxy {
  constructor(owner) {
    this.pairs = new Set();
    this.accepted = 0;
    this.shut = false; // true: refuses new connections
    this.budget = () => Infinity; // bytes, in both directions together, after which a new connection is cut
    this.server = createServer((client) => this.join(client));
    owner.after(() => {
      this.cut();
      this.server.close();
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

  join(client) {
    if (this.shut) return client.destroy();
    this.accepted++;
    const upstream = connect(this.target_port, '127.0.0.1');
    const pair = [client, upstream];
    this.pairs.add(pair);
    const drop = () => {
      this.pairs.delete(pair);
      pair.forEach((socket) => socket.destroy());
    };
    for (const socket of pair) socket.on('error', drop).on('close', drop);
    let budget = this.budget();
    const metered = () =>
      new Transform({
        transform(bytes, _, pass) {
          const passed = bytes.subarray(0, Math.max(0, budget));
          budget -= bytes.length;
          if (budget <= 0) setImmediate(drop);
          pass(null, passed);
        },
      }).on('error', () => {});
    client.pipe(metered()).pipe(upstream);
    upstream.pipe(metered()).pipe(client);
  }

  /** From now on nothing the server says arrives on the connections that are open. */
  silence_server() {
    for (const [, upstream] of this.pairs) {
      upstream.unpipe();
      upstream.resume();
    }
  }

  /** Resets every connection; what is on its way is lost. */
  cut() {
    for (const pair of this.pairs) pair.forEach((socket) => socket.resetAndDestroy());
  }
}

export const start_proxy = (owner, target_port) => new TcpProxy(owner).start(target_port);
