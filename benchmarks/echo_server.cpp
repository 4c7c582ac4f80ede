// The echo, handshake and idle benchmarks over the library.

#include <unisono/server/server.hpp>

#include "support/options.hpp"
#include "support/sockets.hpp"

#include <cstdint>

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv, {{"port", "9000"}});
    benchmark::raise_descriptor_limit();
    unisono::server app{{.port = static_cast<std::uint16_t>(options.number("port"))}};
    app.websocket("/", {.on_message = [](unisono::websocket_session const& session, unisono::bytes_view data,
                                         bool binary) {
                      if (binary)
                          session.send_binary(data);
                      else
                          session.send_text(unisono::as_text(data));
                  }});
    app.feed("/events/{room}");
    app.run();
}
