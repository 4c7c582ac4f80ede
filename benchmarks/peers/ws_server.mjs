// The same room over npm ws: every message goes to every connection, its sender included.
import { WebSocketServer } from "ws";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { port: { type: "string", default: "9000" } } });
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(values.port), perMessageDeflate: false });

server.on("connection", (socket) => {
    socket.on("error", () => socket.terminate());
    socket.on("message", (data, isBinary) => {
        for (const client of server.clients) client.send(data, { binary: isBinary });
    });
});
