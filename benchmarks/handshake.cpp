// What does it cost to accept a connection and to open a WebSocket on it?
//
// Connects, upgrades, resets, and again; a number of them at a time.

#include "support/crowd.hpp"
#include "support/histogram.hpp"
#include "support/measure.hpp"
#include "support/options.hpp"
#include "support/websocket.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using benchmark::now;

namespace {

class generator : public benchmark::crowd<generator> {
public:
    generator(sockaddr_in const& server, std::string const& path, std::size_t at_a_time)
        : crowd(server), request_(benchmark::upgrade_request(path)), since_(at_a_time) {}

    void run_for(double seconds) {
        std::uint64_t const end = now() + static_cast<std::uint64_t>(seconds * 1e9);
        while (clients().size() < since_.size()) {
            since_[clients().size()] = now();
            start(request_);
        }
        while (now() < end)
            turn(100);
    }

    benchmark::histogram& latency() { return latency_; }

    void on_open(client& c) {
        latency_.add(now() - since_[c.index]);
        since_[c.index] = now();
        restart(c);
    }
    std::string_view on_bytes(client&, std::string_view) { return {}; }

private:
    std::string request_;
    std::vector<std::uint64_t> since_; ///< when each began
    benchmark::histogram latency_;
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv,
                                     {{"port", "9000"},
                                      {"pid", "0"},
                                      {"path", "/"},
                                      {"at-a-time", "32"},
                                      {"seconds", "5"},
                                      {"warmup", "1"}});
    int const pid = static_cast<int>(options.number("pid"));
    generator load(benchmark::loopback(options.number("port")), options.text("path"),
                   static_cast<std::size_t>(options.number("at-a-time")));
    benchmark::measure(load, pid, options.number("warmup"), options.number("seconds")).print();
}
