// A network between client and server that a test can cut.
import { connect, createServer } from 'node:net';

export class TcpProxy {
  constructor(owner) {
    this.pairs = new Set();
    this.accepted = 0;
    this.server = createServer((client) => this.join(client));
    owner.after(() => {
      this.cut();
      this.server.close();
    });
  }

  async start(target_port) {
    this.target_port = target_port;
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.http = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  join(client) {
    this.accepted++;
    const upstream = connect(this.target_port, '127.0.0.1');
    const pair = [client, upstream];
    this.pairs.add(pair);
    const drop = () => {
      this.pairs.delete(pair);
      pair.forEach((socket) => socket.destroy());
    };
    for (const socket of pair) socket.on('error', drop).on('close', drop);
    client.pipe(upstream).pipe(client);
  }

  /** From now on nothing the server says arrives on the connections that are open. */
  silence_server() {
    for (const [client, upstream] of this.pairs) {
      upstream.unpipe(client);
      upstream.resume();
    }
  }

  /** Resets every connection; what is on its way is lost. */
  cut() {
    for (const pair of this.pairs) pair.forEach((socket) => socket.resetAndDestroy());
  }
}

export const start_proxy = (owner, target_port) => new TcpProxy(owner).start(target_port);
