// What does it cost to receive a message and to answer it?
//
// Each of N WebSockets keeps a number of messages under way; the server sends each back to where it came
// from.

#include "support/crowd.hpp"
#include "support/histogram.hpp"
#include "support/measure.hpp"
#include "support/options.hpp"
#include "support/stamp.hpp"
#include "support/websocket.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using benchmark::now;

namespace {

class generator : public benchmark::crowd<generator> {
public:
    generator(sockaddr_in const& server, std::string const& path, std::size_t size, std::size_t pipelining)
        : crowd(server), request_(benchmark::upgrade_request(path)), size_(size), pipelining_(pipelining) {}

    void connect(std::size_t count) { open_all(count, request_); }

    void run_for(double seconds) {
        std::uint64_t const end = now() + static_cast<std::uint64_t>(seconds * 1e9);
        if (!started_)
            for (auto const& c : clients())
                say(*c, pipelining_);
        started_ = true;
        while (now() < end)
            turn(100);
    }

    benchmark::histogram& latency() { return latency_; }

    void on_open(client&) {}

    std::string_view on_bytes(client& c, std::string_view bytes) {
        std::uint64_t const received_at = now();
        std::size_t count = 0;
        while (auto const f = benchmark::read_frame(bytes)) {
            if ((f->first_byte() & 0x0F) == 1) {
                latency_.add(received_at - benchmark::departure_of(f->body));
                ++count;
            }
            bytes.remove_prefix(f->size);
        }
        if (count != 0)
            say(c, count);
        return bytes;
    }

private:
    void say(client& c, std::size_t count) {
        std::string const body = benchmark::stamped_message(size_);
        std::string frames;
        for (std::size_t i = 0; i < count; ++i)
            benchmark::append_masked(frames, 0x81, body);
        send(c, frames);
    }

    std::string request_;
    std::size_t size_;
    std::size_t pipelining_;
    bool started_ = false;
    benchmark::histogram latency_;
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv,
                                     {{"port", "9000"},
                                      {"pid", "0"},
                                      {"path", "/"},
                                      {"connections", "100"},
                                      {"size", "64"},
                                      {"pipelining", "1"},
                                      {"seconds", "5"},
                                      {"warmup", "1"}});
    auto const count = [&](char const* name) { return static_cast<std::size_t>(options.number(name)); };
    if (count("size") < benchmark::stamp_size || count("pipelining") == 0)
        benchmark::die("--size must hold a timestamp of 16, and --pipelining be positive");
    int const pid = static_cast<int>(options.number("pid"));
    benchmark::raise_descriptor_limit();

    generator load(benchmark::loopback(options.number("port")), options.text("path"), count("size"),
                   count("pipelining"));
    load.connect(count("connections"));
    benchmark::measure(load, pid, options.number("warmup"), options.number("seconds")).print();
}
