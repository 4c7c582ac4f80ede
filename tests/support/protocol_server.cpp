// Rooms at /ws with the times and limits a test asks for, so that other languages can test their clients of
// the native protocol: protocol_server [--port N] [--threads N] [--history N] [--ping-ms N] [--grace-ms N]
// [--presence-grace-ms N] [--reconnect-max-ms N] [--requests N]. See interop/client.test.mjs.
//
// A token is <user>:<milliseconds since 1970, UTC, when it expires>; without one a client has no name. The
// channel "closed" may not be entered. Calls: "echo" gives back its data, "fail" answers with error 400,
// "never" is not answered.
#include <unisono/server/server.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace unisono;
using std::chrono::milliseconds;

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

result<native_identity> authenticate(native_connect const& client) {
    if (client.token.empty())
        return native_identity{};
    auto const colon = client.token.find(':');
    if (colon == std::string_view::npos)
        return native_error::unauthorized;
    return native_identity{std::string{client.token.substr(0, colon)},
                           milliseconds{number(client.token.substr(colon + 1))}};
}

/// Calls that are never answered; kept, because a lost reply would be an answer, too.
class unanswered_calls {
public:
    void keep(native_reply<std::string> reply) {
        std::lock_guard const lock{mutex_};
        calls_.push_back(std::move(reply));
    }

private:
    std::mutex mutex_;
    std::vector<native_reply<std::string>> calls_;
};

} // namespace

int main(int argc, char** argv) {
    std::map<std::string_view, std::int64_t> asked{
        {"--port", 0},          {"--threads", 1},
        {"--history", 256},     {"--ping-ms", 25'000},
        {"--grace-ms", 25'000}, {"--presence-grace-ms", 15'000},
        {"--requests", 240},    {"--reconnect-max-ms", 20'000},
    };
    for (int i = 1; i + 1 < argc; i += 2)
        asked.at(argv[i]) = number(argv[i + 1]);

    unanswered_calls never;
    room_options options;
    options.protocol.times.ping = milliseconds{asked["--ping-ms"]};
    options.protocol.times.grace = milliseconds{asked["--grace-ms"]};
    options.protocol.times.presence_grace = milliseconds{asked["--presence-grace-ms"]};
    options.protocol.times.reconnect_min = milliseconds{50};
    options.protocol.times.reconnect_max = milliseconds{asked["--reconnect-max-ms"]};
    options.protocol.limits.requests = static_cast<std::size_t>(asked["--requests"]);
    options.protocol.hooks.authenticate = authenticate;
    options.protocol.hooks.may_subscribe = [](publisher const&, std::string_view channel, std::string_view) {
        return channel == "closed" ? make_error_code(native_error::permission_denied) : std::error_code{};
    };
    options.protocol.hooks.rpc = [&](publisher const&, std::string_view method, std::string_view data,
                                     native_reply<std::string> reply) {
        if (method == "echo")
            reply(std::string{data});
        else if (method == "fail")
            reply(application_error(400));
        else if (method == "never")
            never.keep(std::move(reply));
        else
            reply(native_error::unknown_type);
    };

    server app{{.port = static_cast<std::uint16_t>(asked["--port"]),
                .threads = static_cast<std::size_t>(asked["--threads"]),
                .rooms = {.history = {.messages = static_cast<std::size_t>(asked["--history"])}}}};
    app.rooms("/ws", options);
    if (auto const started = app.start(); !started) {
        std::fprintf(stderr, "protocol_server: %s\n", started.error().message().c_str());
        return 1;
    }
    std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(app.port()));
    std::fflush(stdout);
    app.run();
}
