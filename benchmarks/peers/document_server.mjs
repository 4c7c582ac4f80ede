// The contenders @y/websocket-server and @hocuspocus/server, each with the store its users add: LevelDB and SQLite.
//     node document_server.mjs --contender y_websocket|hocuspocus --port N --data DIR
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
    options: { contender: { type: "string" }, port: { type: "string" }, data: { type: "string" } },
});

if (values.contender === "hocuspocus") {
    const { Server } = await import("@hocuspocus/server");
    const { SQLite } = await import("@hocuspocus/extension-sqlite");
    const database = path.join(values.data, "documents.sqlite");
    const options = { port: Number(values.port), address: "127.0.0.1", quiet: true };
    await new Server({ ...options, extensions: [new SQLite({ database })] }).listen();
} else {
    console.info = () => {};
    process.env.YPERSISTENCE = path.join(values.data, "leveldb"); // looked at by the import
    const { setupWSConnection } = await import("@y/websocket-server/utils");
    const { WebSocketServer } = await import("ws");
    const server = new WebSocketServer({ port: Number(values.port), host: "127.0.0.1", perMessageDeflate: false });
    server.on("connection", setupWSConnection);
}
