// What does a connection cost that has nothing to say?
//
// Opens N WebSockets and then N event streams, and tells by how much the server's resident memory grew for
// each.

#include "support/crowd.hpp"
#include "support/options.hpp"
#include "support/process_usage.hpp"
#include "support/report.hpp"
#include "support/websocket.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>

namespace {

class visitors : public benchmark::crowd<visitors> {
public:
    using crowd::crowd;

    /// Bytes of the server's memory for each of `count` connections that begin with `request`.
    double cost(std::size_t count, std::string const& request, int pid) {
        auto const before = static_cast<double>(benchmark::resident_memory(pid));
        open_all(count, request);
        std::this_thread::sleep_for(std::chrono::milliseconds(500)); // what handshakes left behind settles
        return (static_cast<double>(benchmark::resident_memory(pid)) - before) / static_cast<double>(count);
    }

    void on_open(client&) {}
    std::string_view on_bytes(client&, std::string_view) { return {}; }
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(
        argc, argv,
        {{"port", "9000"}, {"pid", "0"}, {"path", "/"}, {"event-path", "/events"}, {"connections", "10000"}});
    int const pid = static_cast<int>(options.number("pid"));
    constexpr std::size_t first = 100; // of each kind, for what is made once
    std::size_t const possible = (benchmark::raise_descriptor_limit() - 64) / 2 - first;
    auto const count = std::min(static_cast<std::size_t>(options.number("connections")), possible);
    std::string const websocket = benchmark::upgrade_request(options.text("path"));
    std::string const events = benchmark::event_stream_request(options.text("event-path"));

    visitors load(benchmark::loopback(options.number("port")));
    load.cost(first, websocket, pid);
    load.cost(first, events, pid);
    benchmark::report report;
    report.add("connections", 2.0 * static_cast<double>(count));
    report.add("websocket_bytes", load.cost(count, websocket, pid));
    report.add("event_stream_bytes", load.cost(count, events, pid));
    report.print();
}
