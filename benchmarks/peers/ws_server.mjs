// The contender npm ws, and Node's own HTTP for event streams: a room where every message goes to every connection,
// its sender included, or with --echo to where it came from.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";

const { values } = parseArgs({
    options: { port: { type: "string", default: "9000" }, echo: { type: "boolean", default: false } },
});

const streams = new Set();
const http = createServer((request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(":\n\n");
    streams.add(response);
    response.on("close", () => streams.delete(response));
});
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on("connection", (socket) => {
    socket.on("error", () => socket.terminate());
    socket.on("message", (data, isBinary) => {
        if (values.echo) return socket.send(data, { binary: isBinary });
        for (const client of server.clients) client.send(data, { binary: isBinary });
        for (const stream of streams) stream.write(`data: ${data}\n\n`);
    });
});
http.listen(Number(values.port), "127.0.0.1", 1024);
