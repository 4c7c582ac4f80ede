// The showcase: a collaborative editor, a chat, shared cursors, streamed answers and a live feed, served by
// one process.
//
// Copy this folder and make it yours.

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/line_logger.hpp>
#include <unisono/server/server.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "answer_generator.hpp"
#include "answers.hpp"
#include "command_line.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace {

/// POST /chat/stream: the answer to {"prompt": "..."} as a stream of tokens that ends with its connection.
void stream_answer(token_source& source, unisono::http_exchange const& exchange) {
    auto prompt = prompt_of(exchange);
    if (!prompt)
        return;
    auto const out = unisono::sse_stream::open(exchange);
    source.answer(*std::move(prompt), out.stop_token(), events_to(out, "error", [out] { out.close(); }));
}

/// Publishes a value every second, for /events/demo.
void run_ticker(unisono::hub& rooms, std::stop_token const& quit) {
    for (std::int64_t n = 1; !quit.stop_requested(); ++n) {
        auto const time = unisono::system_clock().wall_time().count();
        auto const value = 0.5 + 0.3 * std::sin(static_cast<double>(time) / 5000.0) +
                           static_cast<double>(unisono::system_random().below(1000)) / 10'000.0;
        std::string text;
        unisono::json::writer json{text};
        json.object([&] { json.member("n", n).member("time", time).member("value", value); });
        rooms.publish("demo", {.data = unisono::payload{std::string_view{text}}});
        for (int i = 0; i < 10 && !quit.stop_requested(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
}

int serve(command_line const& options) {
    std::filesystem::create_directories(options.data);
    unisono::line_logger log{
        [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); },
        {.least = options.verbose ? unisono::severity::debug : unisono::severity::warning}};
    auto store =
        unisono::sqlite_store::open(std::filesystem::path{options.data} / "documents.db", {.log = &log});
    if (!store) {
        std::fprintf(stderr, "showcase: cannot open the documents in %s: %s\n", options.data.c_str(),
                     store.error().message().c_str());
        return 1;
    }
    unisono::server app{{.address = options.address,
                         .port = options.port,
                         .threads = options.threads,
                         .store = *std::move(store),
                         .log = &log}};

    unisono::static_file_options page;
    page.headers.set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; "
                                                "connect-src 'self' ws: wss:; img-src 'self' data:");
    app.files("/", options.web, page);
    app.file("/editor/{name}", options.web + "/editor.html", page);
    app.file("/chat/{room}", options.web + "/chat.html", page);
    app.file("/cursors/{room}", options.web + "/cursors.html", page);
    app.file("/inspector", options.web + "/inspector.html", page);
    app.file("/stream", options.web + "/stream.html", page);

    app.documents("/yjs"); // the editor: unmodified y-websocket clients
    unisono::room_options chat;
    chat.protocol.times.reconnect_max = std::chrono::seconds{5}; // few visitors: let them come back soon
    chat.protocol.times.presence_grace = std::chrono::seconds{options.grace};
    chat.documents = true;  // those of the editor, too
    app.rooms("/ws", chat); // the chat: docs/protocol.md
    app.feed("/events/{room}");

    answer_generator source;
    app.post("/chat/stream",
             [&](unisono::http_exchange const& exchange) { stream_answer(source, exchange); });
    unisono::generations answers{app.rooms()};
    serve_answers(app, answers, source);
    app.get("/status", [&](unisono::http_exchange const& exchange) {
        std::string text;
        unisono::json::writer json{text};
        json.object([&] { json.member("answers", source.active()); });
        exchange.respond(unisono::json_response(text));
    });

    app.health();
    app.metrics();
    app.inspector("/inspect", [](unisono::http_exchange const&) { return true; }); // a showcase shows

    if (auto const started = app.start(); !started) {
        std::fprintf(stderr, "showcase: cannot listen on %s port %u: %s\n", options.address.c_str(),
                     static_cast<unsigned>(options.port), started.error().message().c_str());
        return 1;
    }
    std::printf("listening on http://%s:%u\n", options.address.c_str(), static_cast<unsigned>(app.port()));
    std::fflush(stdout);
    std::jthread const ticker{[&](std::stop_token const& quit) { run_ticker(app.rooms(), quit); }};
    app.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    int exit_code = 0;
    auto const options = read_command_line(argc, argv, exit_code);
    if (!options)
        return exit_code;
    try {
        return serve(*options);
    } catch (std::exception const& e) {
        std::fprintf(stderr, "showcase: %s\n", e.what());
        return 1;
    }
}
