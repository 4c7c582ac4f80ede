// The program of the README: routes, a stream, a room, documents.

#include <unisono/server/server.hpp>
#include <unisono/store/store_sqlite.hpp>

int main() {
    unisono::server app{{.port = 8080, .store = unisono::sqlite_store::open("data/documents.db").value()}};

    app.get("/health", [](unisono::http_exchange const& exchange) {
        exchange.respond(unisono::text_response("fine\n"));
    });

    app.sse("/count", [](unisono::http_exchange, unisono::sse_stream out) -> asio::awaitable<void> {
        for (int i = 1; i <= 10; ++i)
            co_await out.send({.event = "number", .data = std::to_string(i)});
        co_await out.send({.event = "done", .data = ""});
    });

    app.websocket("/echo", [](unisono::websocket_session session) -> asio::awaitable<void> {
        while (auto message = co_await session.receive())
            session.send_text(message->data);
    });

    app.rooms("/ws");      // subscribe, publish, history, presence, typing
    app.documents("/yjs"); // unmodified y-websocket clients
    app.run();
}
