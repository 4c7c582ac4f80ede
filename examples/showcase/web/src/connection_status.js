// What a page with a room says about its connection.
import { show_state } from './dom.js';

const carriers = { websocket: 'over WebSocket', sse: 'over an event stream' };
const tick_ms = 250;

/**
 * Follows the client and the room, in two nodes; call what it returns when the number of unsent messages may have
 * changed.
 */
export function show_connection(client, room, state_node, hint_node) {
  let connection = { state: client.state };
  let been_lost = false; // from the first failure on, attempts in the background are no news
  let room_closed = '';
  let retry_at = 0;
  let timer = 0;

  function hint() {
    const unsent = client.unconfirmed;
    if (connection.state === 'disconnected') return connection.reason || 'the server has ended this connection; reload to try again';
    if (room.state === 'unsubscribed') return room_closed || 'the server has closed this room';
    if (connection.state === 'connected') return carriers[connection.transport];
    if (!been_lost) return 'entering the room';
    const seconds = Math.ceil((retry_at - performance.now()) / 1000);
    return (seconds > 0 ? `trying again in ${seconds} s` : 'trying again') + (unsent ? ` · ${unsent} unsent` : '');
  }

  function state() {
    if (connection.state === 'disconnected' || room.state === 'unsubscribed') return 'closed';
    if (connection.state === 'connected') return 'connected';
    return been_lost ? 'offline' : 'connecting';
  }

  function show() {
    const shown = state();
    show_state(state_node, shown, hint_node, hint());
    document.body.classList.toggle('is-offline', shown !== 'connected');
  }

  client.on('state', (change) => {
    connection = change;
    retry_at = performance.now() + (change.retry_in ?? 0);
    been_lost = change.state === 'connecting' && (been_lost || change.retry_in !== undefined);
    clearInterval(timer);
    if (change.retry_in) timer = setInterval(show, tick_ms);
    show();
  });
  room.on('state', ({ reason = '' }) => {
    room_closed = reason;
    show();
  });
  return show;
}
