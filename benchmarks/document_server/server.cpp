// The document server over the library: y-websocket at /y/<document>, Hocuspocus at /hocuspocus, kept in
// SQLite.

#include <unisono/server/server.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "support/options.hpp"
#include "support/sockets.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace {

unisono::document_durability durability(std::string const& name) {
    if (name == "before_relay")
        return unisono::document_durability::before_relay;
    if (name == "before_ack")
        return unisono::document_durability::before_ack;
    if (name == "after_ack")
        return unisono::document_durability::after_ack;
    benchmark::die("--durability is before_relay, before_ack or after_ack");
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv,
                                     {{"port", "9000"},
                                      {"threads", "1"},
                                      {"data", "."},
                                      {"durability", "before_relay"},
                                      {"commit-delay", "0"},
                                      {"pace", "0"}});
    auto const milliseconds = [&](char const* option) {
        return std::chrono::milliseconds{static_cast<int>(options.number(option))};
    };
    benchmark::raise_descriptor_limit();
    auto store = unisono::sqlite_store::open(std::filesystem::path{options.text("data")} / "documents.db",
                                             {.commit_delay = milliseconds("commit-delay")});
    if (!store)
        benchmark::die(store.error().message());
    unisono::document_service_options documents;
    documents.document.durability = durability(options.text("durability"));
    documents.pace = milliseconds("pace");
    unisono::server app{{.port = static_cast<std::uint16_t>(options.number("port")),
                         .threads = static_cast<std::size_t>(options.number("threads")),
                         .store = std::move(*store),
                         .documents = documents}};
    app.documents("/y");
    app.hocuspocus("/hocuspocus");
    app.run();
}
