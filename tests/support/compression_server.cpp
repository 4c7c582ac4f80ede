// A server for clients of every make that offer compression: /echo sends back, /room to everybody there.
// Prints its port.

#include <unisono/server/server.hpp>
#include <unisono/wire/permessage_deflate.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <unistd.h>
#include <vector>

namespace {

using unisono::bytes_view;
using unisono::websocket_session;

class member final : public unisono::websocket_handler {
public:
    explicit member(std::vector<websocket_session>& room) : room_(room) {}

    void on_open(websocket_session const& s) override { room_.push_back(s); }
    void on_message(websocket_session const&, bytes_view data, bool binary) override {
        unisono::message m;
        m.binary = binary;
        m.data = unisono::payload{data};
        for (auto const& s : room_)
            s.send_message(m);
    }
    void on_close(unisono::close_code, std::string_view) override {
        std::erase_if(room_, [](auto const& s) { return !s.is_open(); });
    }

private:
    std::vector<websocket_session>& room_;
};

} // namespace

int main() {
    unisono::websocket_options const options{.compression = unisono::permessage_deflate()};
    std::vector<websocket_session> room;
    unisono::server app{{.port = 0}};
    app.websocket("/echo",
                  {.on_message =
                       [](websocket_session const& s, bytes_view data, bool binary) {
                           if (binary)
                               s.send_binary(data);
                           else
                               s.send_text(unisono::as_text(data));
                       }},
                  options);
    app.websocket(
        "/room", [&](auto const&) { return std::make_unique<member>(room); }, options);
    // The origin of a page that a test made up.
    app.get("/", [](unisono::http_exchange x) { x.respond(unisono::text_response("here\n")); });
    if (!app.start())
        return 1;
    std::printf("http://127.0.0.1:%u\n", static_cast<unsigned>(app.port()));
    std::fflush(stdout);
    ::pause(); // until the test ends it
}
