// The JavaScript client under Node.js, and what it heard.
import { WebSocket } from 'ws';
import { create_client } from '../../../examples/web/unisono.js';
import { until } from './until.mjs';
import './web_crypto.mjs';

/** A client of rooms at /ws, once it has come to this state. */
export async function join_rooms(owner, server, options, state = 'connected') {
  const client = create_client(`${server.ws}/ws`, { WebSocket, ...options });
  const states = [];
  client.on('state', (change) => states.push(change));
  client.states = states;
  owner.after(() => client.disconnect());
  client.connect();
  await until(() => client.state === state, `a client is ${state}`);
  return client;
}

/** The subscription of a channel with `heard`, the data that make up its present state, and `changes`. */
export async function join_room(client, channel, options) {
  const room = client.subscribe(channel, options);
  const heard = [];
  const changes = [];
  room.on('state', (change) => {
    changes.push(change);
    if (change.recovered === false) heard.splice(0);
  });
  room.on('message', ({ data }) => heard.push(data));
  await until(() => room.state === 'subscribed', 'a client subscribes');
  return Object.assign(room, { heard, changes });
}
