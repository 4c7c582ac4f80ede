// A host that uses something of every part, so that it links only when all of them are there.
#include <unisono/codec/json_document.hpp>
#include <unisono/server/server.hpp>
#include <unisono/wire/sse_event.hpp>

#include <cstdio>

int main() {
    auto const json = unisono::json::parse(R"({"answer": 42})");
    auto const event = unisono::encode_sse({.event = "answer", .data = "42"});
    if (!json || !event || event->text() != "event: answer\ndata: 42\n\n") {
        std::puts("wrong bytes");
        return 1;
    }

    unisono::server app{{.port = 0}};
    app.rooms().publish("news", {.data = unisono::payload("hello")});
    app.stop(); // beforehand: run() binds, starts its threads and ends at once
    app.run();
}
